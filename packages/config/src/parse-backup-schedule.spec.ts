import { describe, expect, it } from '@jest/globals';
import { parseBackupSchedule } from './parse-backup-schedule.js';

describe('parseBackupSchedule', () => {
  it.each([
    ['24h', { everyMs: 86_400_000 }],
    ['1m', { everyMs: 60_000 }],
    ['daily 00:00', { dailyAtMinute: 0 }],
    ['daily 02:30', { dailyAtMinute: 150 }],
    [' daily  23:59 ', { dailyAtMinute: 1439 }],
  ])('reads %j', (text, schedule) => {
    expect(parseBackupSchedule(text)).toEqual(schedule);
  });

  it.each(['', '59s', '24', 'daily', 'daily 24:00', 'daily 2:00', 'hourly', 'weekly 02:00'])(
    'refuses %j',
    (text) => {
      expect(parseBackupSchedule(text)).toBeUndefined();
    },
  );
});
