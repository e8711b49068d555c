import { describe, expect, it } from '@jest/globals';
import { isBackupDue } from './backup-due.js';

const at = (text: string) => new Date(`2026-01-${text}Z`);
const now = at('31T12:00:00').getTime();

describe('isBackupDue', () => {
  it.each([
    [[], true],
    [['31T11:00:00'], true],
    [['31T11:00:01'], false],
    [['31T11:00:01', '01T00:00:00'], false],
    // Of a clock that was set back since.
    [['31T12:00:01'], true],
  ])('every hour: with backups at %j it is %s', (times, due) => {
    expect(isBackupDue({ everyMs: 3_600_000 }, times.map(at), now)).toBe(due);
  });

  it.each([
    [[], 120, true],
    [['31T01:59:59'], 120, true],
    [['31T02:00:00'], 120, false],
    [['30T12:00:00'], 720, true],
    [['30T12:00:59'], 721, true],
    [['30T12:01:00'], 721, false],
    [['29T12:02:00'], 721, true],
  ])('daily: with backups at %j and minute %i it is %s', (times, dailyAtMinute, due) => {
    expect(isBackupDue({ dailyAtMinute }, times.map(at), now)).toBe(due);
  });
});
