import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@coral/testkit';
import { memoryIo } from '../../test/memory-io.js';
import { StopError, watchForStop } from './watch-for-stop.js';

const world = () => memoryIo({ cwd: '/', homeDir: '/' });

describe('watchForStop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'takes %s as a reason to stop in order',
    async (signal) => {
      const io = world();
      using watch = watchForStop(io);
      io.deliver.signal(signal);
      await expect(watch.reason).resolves.toEqual({ kind: 'signal', signal });
      expect(watch.signal.reason).toBeInstanceOf(StopError);
      expect(io.exits).toEqual([]);
    },
  );

  it('ends the process at once at the second SIGINT', () => {
    const clock = manualClock();
    const io = memoryIo({ cwd: '/', homeDir: '/', now: clock.now });
    using watch = watchForStop(io);
    io.deliver.signal('SIGINT');
    expect(watch.signal.aborted).toBe(true);
    clock.advance(251);
    expect(io.exits).toEqual([]);
    io.deliver.signal('SIGINT');
    expect(io.exits).toEqual([130]);
  });

  it('takes two SIGINTs close together for one key press, passed on by a wrapper', () => {
    const clock = manualClock();
    const io = memoryIo({ cwd: '/', homeDir: '/', now: clock.now });
    using watch = watchForStop(io);
    io.deliver.signal('SIGINT');
    clock.advance(250);
    io.deliver.signal('SIGINT');
    expect(watch.signal.aborted).toBe(true);
    expect(io.exits).toEqual([]);
  });

  it('does not take an impatient SIGTERM for a second SIGINT', () => {
    const io = world();
    using watch = watchForStop(io);
    io.deliver.signal('SIGINT');
    io.deliver.signal('SIGTERM');
    expect(watch.signal.aborted).toBe(true);
    expect(io.exits).toEqual([]);
  });

  it('keeps the first reason when several come', async () => {
    const io = world();
    using watch = watchForStop(io);
    const error = new Error('boom');
    io.deliver.uncaught(error);
    io.deliver.signal('SIGTERM');
    watch.stop({ kind: 'request' });
    await expect(watch.reason).resolves.toEqual({ kind: 'error', error });
  });

  it('leaves no listener behind', () => {
    const io = world();
    const watch = watchForStop(io);
    watch[Symbol.dispose]();
    io.deliver.signal('SIGINT');
    io.deliver.signal('SIGINT');
    expect(watch.signal.aborted).toBe(false);
    expect(io.exits).toEqual([]);
  });
});
