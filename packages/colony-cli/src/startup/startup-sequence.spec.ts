import { describe, expect, it } from '@jest/globals';
import type { Stage } from './startup-sequence.js';
import { startupSequence } from './startup-sequence.js';

interface Log {
  readonly log: string[];
}

function stage<Added extends object>(
  name: string,
  adds: Added,
  failures: { readonly start?: Error; readonly close?: Error } = {},
): Stage<Log, Added> {
  return {
    name,
    start: async ({ log }) => {
      if (failures.start !== undefined) throw failures.start;
      log.push(`${name} started`);
      return {
        adds,
        close: async () => {
          log.push(`${name} closed`);
          if (failures.close !== undefined) throw failures.close;
        },
      };
    },
  };
}

describe('startupSequence', () => {
  it('starts stages in order, hands on what they add, and closes them in reverse', async () => {
    const log: string[] = [];
    const sequence = startupSequence<Log>()
      .stage(stage('storage', { file: 'a' }))
      .stage(stage('server', { port: 1 }));
    const started = await sequence.start({ log });
    expect(sequence.names).toEqual(['storage', 'server']);
    expect(started.context).toMatchObject({ file: 'a', port: 1 });
    await started.close();
    expect(log).toEqual(['storage started', 'server started', 'server closed', 'storage closed']);
  });

  it('closes the earlier stages in reverse when one fails, and throws what it threw', async () => {
    const log: string[] = [];
    const failure = new Error('port taken');
    const start = startupSequence<Log>()
      .stage(stage('a', {}))
      .stage(stage('b', {}))
      .stage(stage('c', {}, { start: failure }))
      .stage(stage('d', {}))
      .start({ log });
    await expect(start).rejects.toBe(failure);
    expect(log).toEqual(['a started', 'b started', 'b closed', 'a closed']);
  });

  it('closes the others too when closing one fails, and lets the first error lead', async () => {
    const log: string[] = [];
    const [first, second] = [new Error('first'), new Error('second')];
    const start = startupSequence<Log>()
      .stage(stage('a', {}))
      .stage(stage('b', {}, { close: second }))
      .stage(stage('c', {}, { start: first }))
      .start({ log });
    await expect(start).rejects.toMatchObject({ message: 'first', errors: [first, second] });
    expect(log).toContain('a closed');
  });

  it('closes once, however often it is asked', async () => {
    const log: string[] = [];
    const started = await startupSequence<Log>().stage(stage('a', {})).start({ log });
    await Promise.all([started.close(), started.close()]);
    await started.close();
    expect(log).toEqual(['a started', 'a closed']);
  });

  it('starts nothing more once it is aborted, and closes what had started', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const why = new Error('SIGINT');
    const interrupting: Stage<Log, object> = {
      name: 'b',
      start: async () => {
        abort.abort(why);
        return { adds: {}, close: async () => void log.push('b closed') };
      },
    };
    const start = startupSequence<Log>()
      .stage(stage('a', {}))
      .stage(interrupting)
      .stage(stage('c', {}))
      .start({ log }, { signal: abort.signal });
    await expect(start).rejects.toBe(why);
    expect(log).toEqual(['a started', 'b closed', 'a closed']);
  });

  it('does what stages left for after the start when it is told to, once, in order', async () => {
    const log: string[] = [];
    const leaving = (name: string): Stage<Log, object> => ({
      name,
      start: async () => ({ adds: {}, afterStart: () => log.push(`${name} goes on`) }),
    });
    const start = () =>
      startupSequence<Log>()
        .stage(leaving('a'))
        .stage(stage('b', {}))
        .stage(leaving('c'))
        .start({ log });
    const started = await start();
    expect(log).toEqual(['b started']);
    started.afterStart();
    started.afterStart();
    expect(log).toEqual(['b started', 'a goes on', 'c goes on']);

    log.length = 0;
    const stopped = await start();
    await stopped.close();
    stopped.afterStart();
    expect(log).toEqual(['b started', 'b closed']);
  });

  it('tells an observer what it does', async () => {
    const seen: string[] = [];
    const started = await startupSequence<Log>()
      .stage(stage('a', {}))
      .start(
        { log: [] },
        {
          observer: {
            starting: (name) => seen.push(`+${name}`),
            closing: (name) => seen.push(`-${name}`),
          },
        },
      );
    await started.close();
    expect(seen).toEqual(['+a', '-a']);
  });
});
