import { describe, expect, it } from '@jest/globals';
import { JobRegistry } from './job-registry.js';

function registryAt(startMs: number) {
  let nowMs = startMs;
  const jobs = new JobRegistry({ now: () => nowMs });
  return { jobs, at: (ms: number) => void (nowMs = ms) };
}

describe('JobRegistry', () => {
  it('tells what a job does, from its first wait to its recovery', () => {
    const { jobs, at } = registryAt(1_000);
    const entry = jobs.add('seal');
    entry.waits(500);
    const none = { name: 'seal', runs: 0, failures: 0, failuresInARow: 0 };
    expect(jobs.list()).toEqual([{ ...none, state: 'waiting', nextRunAt: new Date(1_500) }]);

    at(1_500);
    entry.begins();
    expect(jobs.list()).toEqual([{ ...none, state: 'running', lastStartAt: new Date(1_500) }]);

    at(1_530);
    expect(entry.fails(30, new Error('disk full'))).toBe(1);
    entry.waits(100);
    const failed = {
      state: 'backing_off',
      runs: 1,
      failures: 1,
      failuresInARow: 1,
      lastDurationMs: 30,
      lastError: { at: new Date(1_530), message: 'disk full' },
      nextRunAt: new Date(1_630),
    };
    expect(jobs.list()).toMatchObject([failed]);

    at(1_630);
    entry.begins();
    at(1_650);
    entry.succeeds(20);
    entry.waits(500);
    expect(jobs.list()).toMatchObject([
      {
        ...failed,
        state: 'waiting',
        runs: 2,
        failuresInARow: 0,
        lastDurationMs: 20,
        lastSuccessAt: new Date(1_650),
        nextRunAt: new Date(2_150),
      },
    ]);
  });

  it('counts failures in a row', () => {
    const entry = new JobRegistry().add('a');
    expect([entry.fails(1, 'x'), entry.fails(1, 'x')]).toEqual([1, 2]);
    entry.succeeds(1);
    expect(entry.fails(1, 'x')).toBe(1);
  });

  it('lists by name, and what has stopped no more', () => {
    const { jobs } = registryAt(0);
    const late = jobs.add('seal');
    jobs.add('backup');
    expect(jobs.list().map(({ name }) => name)).toEqual(['backup', 'seal']);
    late.remove();
    expect(jobs.list().map(({ name }) => name)).toEqual(['backup']);
  });

  it.each([
    [undefined, 'undefined'],
    ['no', 'no'],
    [new TypeError(''), 'TypeError'],
    [{ message: 'of another realm' }, 'of another realm'],
    [new Error('x'.repeat(600)), `${'x'.repeat(500)}…`],
  ])('keeps the message of whatever was thrown: %j', (reason, message) => {
    const { jobs } = registryAt(0);
    jobs.add('a').fails(1, reason);
    expect(jobs.list()[0]!.lastError!.message).toBe(message);
  });
});
