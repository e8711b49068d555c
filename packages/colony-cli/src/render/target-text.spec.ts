import { describe, expect, it } from '@jest/globals';
import type { ColonyTarget } from '../colony/colony-status-message.js';
import { targetText } from './target-text.js';

const at = '2026-01-01T12:00:00.000Z';
const up: ColonyTarget = {
  job: 'node',
  instance: '127.0.0.1:9100',
  state: 'up',
  failures_in_a_row: 0,
  last_scrape_at: at,
  samples: 812,
  rejected: 0,
  last_error: null,
};
const refused = 'connect ECONNREFUSED 127.0.0.1:9100';
const error = { at, message: refused };

describe('targetText', () => {
  it.each<[string, ColonyTarget]>([
    ['waits', { ...up, state: 'waiting', last_scrape_at: null }],
    ['is up, 812 samples 3 s ago', up],
    ['is up, 812 samples 3 s ago, 2 of them could not be stored', { ...up, rejected: 2 }],
    [
      'is up, 812 samples 3 s ago',
      { ...up, last_error: { ...error, at: '2026-01-01T11:00:00.000Z' } },
    ],
    [`is up, 812 samples 3 s ago; ${refused}`, { ...up, last_error: error }],
    [
      `is down: ${refused} (3 s ago)`,
      { ...up, state: 'down', failures_in_a_row: 1, last_error: error },
    ],
    [
      `is down, 7 scrapes in a row: ${refused} (3 s ago)`,
      { ...up, state: 'down', failures_in_a_row: 7, last_error: error },
    ],
  ])('says %j', (text, target) => {
    expect(targetText(target, Date.parse(at) + 3_000)).toBe(`127.0.0.1:9100 ${text}`);
  });
});
