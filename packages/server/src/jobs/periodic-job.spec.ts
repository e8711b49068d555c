import { eventually } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { JobRegistry } from './job-registry.js';
import { pauseAfter, startPeriodicJob } from './periodic-job.js';

function collected() {
  const lines: string[] = [];
  const add = (_fields: object, message: string): void => void lines.push(message);
  return { lines, logger: { debug: add, info: add, warn: add, error: add } };
}

describe('startPeriodicJob', () => {
  it('runs at once and again, never twice at a time', async () => {
    const { logger } = collected();
    let running = 0;
    let most = 0;
    let runs = 0;
    const job = startPeriodicJob({
      name: 'test',
      intervalMs: 1,
      logger,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        runs += 1;
      },
    });
    await eventually(() => runs >= 3);
    await job.stop();
    expect(most).toBe(1);
  });

  it('waits before the first run when told, and can be stopped before it', async () => {
    const { logger } = collected();
    const told: string[] = [];
    const begin = (name: string, firstAfterMs: number) =>
      startPeriodicJob({
        name,
        intervalMs: 1,
        firstAfterMs,
        logger,
        run: async () => void told.push(name),
      });
    const late = begin('late', 60_000);
    const soon = begin('soon', 1);
    expect(told).toEqual([]);
    await eventually(() => told.includes('soon'));
    await soon.stop();
    await late.stop();
    expect(told).not.toContain('late');
  });

  it('tries again after failures until a run succeeds; log and registry tell', async () => {
    const { logger, lines } = collected();
    const jobs = new JobRegistry();
    let runs = 0;
    const job = startPeriodicJob({
      name: 'test',
      intervalMs: 4,
      logger,
      jobs,
      random: () => 0,
      run: async () => {
        runs += 1;
        if (runs < 4) throw new Error(`no ${runs}`);
        await new Promise(setImmediate);
      },
    });
    await eventually(() => {
      const [status] = jobs.list();
      return status!.state === 'waiting' && status!.runs >= 4;
    });
    expect(jobs.list()).toMatchObject([
      { failures: 3, failuresInARow: 0, lastError: { message: 'no 3' } },
    ]);
    await job.stop();
    expect(jobs.list()).toEqual([]);
    const failed = 'a periodic job failed; it will be tried again';
    expect(lines.slice(0, 4)).toEqual([failed, failed, failed, 'a periodic job works again']);
  });

  it('waits longer after each failure, by its registry', async () => {
    const { logger } = collected();
    const jobs = new JobRegistry({ now: () => 0 });
    const add = jobs.add.bind(jobs);
    const pauses: number[] = [];
    jobs.add = (name) => {
      const entry = add(name);
      return { ...entry, waits: (pauseMs) => (pauses.push(pauseMs), entry.waits(pauseMs)) };
    };
    const run = () => Promise.reject(new Error('no'));
    const options = { name: 'test', intervalMs: 2, logger, jobs, random: () => 0 };
    const job = startPeriodicJob({ ...options, run });
    await eventually(() => pauses.length >= 5);
    await job.stop();
    expect(pauses.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
  });

  it('survives a job that throws before it returns a promise, and one that throws nothing', async () => {
    const { logger } = collected();
    const jobs = new JobRegistry();
    const run = (): never => {
      throw undefined;
    };
    const job = startPeriodicJob({ name: 'test', intervalMs: 1, logger, jobs, run });
    await eventually(() => jobs.list()[0]!.failures >= 2);
    await job.stop();
  });

  it('waits for the run under way when stopped, and starts no other', async () => {
    const { logger } = collected();
    let finish: () => void = () => undefined;
    let runs = 0;
    const job = startPeriodicJob({
      name: 'test',
      intervalMs: 1,
      logger,
      run: () => {
        runs += 1;
        return new Promise((resolve) => (finish = resolve));
      },
    });
    let stopped = false;
    const stop = job.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    finish();
    await stop;
    await job.stop();
    expect(runs).toBe(1);
  });

  it('rests for its interval, and longer after a long run', () => {
    const rest = { intervalMs: 10_000, restFactor: 10 };
    expect(pauseAfter(1_000, rest)).toBe(10_000);
    expect(pauseAfter(1_001, rest)).toBe(10_010);
    expect(pauseAfter(60_000, { intervalMs: 10_000, restFactor: 0 })).toBe(10_000);
  });
});
