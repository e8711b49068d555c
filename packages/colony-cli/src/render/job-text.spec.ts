import { describe, expect, it } from '@jest/globals';
import type { ColonyJob } from '../colony/colony-status-message.js';
import { jobText } from './job-text.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString();
const fresh: ColonyJob = {
  name: 'summarise',
  state: 'waiting',
  failures_in_a_row: 0,
  last_start_at: null,
  last_success_at: null,
  last_duration_ms: null,
  last_error: null,
  next_run_at: at(50),
};
const ran: ColonyJob = { ...fresh, last_start_at: at(20), last_success_at: at(21) };
const error = { at: at(25), message: 'disk full' };

describe('jobText', () => {
  it.each<[string, ColonyJob]>([
    ['first run in 20 s', fresh],
    ['worked 9 s ago (640 ms), again in 20 s', { ...ran, last_duration_ms: 640 }],
    [
      'worked 9 s ago (640 ms), again in 20 s',
      { ...ran, last_duration_ms: 640, last_error: { at: at(1), message: 'over' } },
    ],
    ['runs now, begun 10 s ago', { ...ran, state: 'running', next_run_at: null }],
    [
      'runs now, begun 10 s ago; failed 2 times in a row: disk full',
      { ...ran, state: 'running', next_run_at: null, failures_in_a_row: 2, last_error: error },
    ],
    [
      'failed once: disk full; next try in 20 s; worked 9 s ago',
      { ...ran, state: 'backing_off', failures_in_a_row: 1, last_error: error },
    ],
    [
      'failed 3 times in a row: disk full; next try in 20 s',
      { ...fresh, state: 'backing_off', failures_in_a_row: 3, last_error: error },
    ],
  ])('says %j', (text, job) => {
    expect(jobText(job, Date.parse(at(30)))).toBe(text);
  });
});
