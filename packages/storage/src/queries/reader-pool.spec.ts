import { describe, expect, it } from '@jest/globals';
import { onTestEnd } from '@coral/testkit';
import { Instance } from '../duckdb/instance.js';
import { ReaderPool, type Lease, type ReaderPoolOptions } from './reader-pool.js';

const endless = 'SELECT count(*) FROM range(1000000000000)';

async function openPool(options: Partial<ReaderPoolOptions> = {}): Promise<ReaderPool> {
  const instance = await Instance.open(':memory:', {
    memoryLimitBytes: 64 * 1024 ** 2,
    threads: 1,
  });
  const pool = new ReaderPool(instance, { maxReaders: 2, readTimeoutMs: 10_000, ...options });
  onTestEnd(async () => {
    await pool.close(0);
    instance.close();
  });
  return pool;
}

/** Whether a promise is settled by now, without waiting for it. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

describe('ReaderPool', () => {
  it('reads', async () => {
    const pool = await openPool();
    expect(await pool.query('SELECT ? + 1 AS n', [1])).toEqual([{ n: 2 }]);
  });

  it('lends as many connections as it may, and no more', async () => {
    const pool = await openPool({ maxReaders: 2 });
    const first = await pool.lease({});
    const second = await pool.lease({});
    const third = pool.lease({});
    expect(second.connection).not.toBe(first.connection);
    expect(await isPending(third)).toBe(true);
    first.release();
    expect((await third).connection).toBe(first.connection);
    second.release();
    (await third).release();
  });

  it('uses an idle connection again instead of opening another', async () => {
    const pool = await openPool();
    const first = await pool.lease({});
    first.release();
    const second = await pool.lease({});
    expect(second.connection).toBe(first.connection);
    second.release();
  });

  it('serves those who wait in the order in which they came', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const held = await pool.lease({});
    const served: number[] = [];
    const reads = [1, 2, 3, 4].map((number) =>
      pool.use({}, async () => {
        served.push(number);
      }),
    );
    expect(served).toEqual([]);
    held.release();
    await Promise.all(reads);
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it('lets nobody overtake who waits, though a connection is free in that moment', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const held = await pool.lease({});
    const order: string[] = [];
    const waiting = pool.use({}, async () => void order.push('waited'));
    await isPending(waiting);
    held.release();
    const late = pool.use({}, async () => void order.push('came late'));
    await Promise.all([waiting, late]);
    expect(order).toEqual(['waited', 'came late']);
  });

  it('ends a read at its deadline while it waits', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const held = await pool.lease({});
    await expect(pool.query('SELECT 1', [], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'STORAGE_TIMEOUT',
      details: { timeoutMs: 20 },
    });
    held.release();
    expect(await pool.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('ends a read at its deadline while it runs', async () => {
    const pool = await openPool({ maxReaders: 1 });
    await expect(pool.query(endless, [], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'STORAGE_TIMEOUT',
    });
    expect(await pool.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('has a deadline of its own for reads that name none', async () => {
    const pool = await openPool({ readTimeoutMs: 50 });
    await expect(pool.query(endless)).rejects.toMatchObject({
      code: 'STORAGE_TIMEOUT',
      details: { timeoutMs: 50 },
    });
  });

  it('interrupts also what begins only after the deadline', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const read = pool.use({ timeoutMs: 20 }, async (connection) => {
      await new Promise((resolve) => setTimeout(resolve, 40)); // The first interrupt hits nothing.
      return connection.query(endless);
    });
    await expect(read).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
  });

  it('ends a read when its caller cancels: before, while it waits, while it runs', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const cancelled = { code: 'STORAGE_CANCELLED' };
    await expect(pool.query('SELECT 1', [], { signal: AbortSignal.abort() })).rejects.toMatchObject(
      cancelled,
    );

    const running = new AbortController();
    const runs = expect(pool.query(endless, [], { signal: running.signal })).rejects.toMatchObject(
      cancelled,
    );
    const waiting = new AbortController();
    const waits = expect(
      pool.query('SELECT 1', [], { signal: waiting.signal }),
    ).rejects.toMatchObject(cancelled);
    await new Promise((resolve) => setImmediate(resolve));
    waiting.abort();
    await waits;
    running.abort();
    await runs;
    expect(await pool.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('passes the free connection on when the one it was meant for gives up', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const held = await pool.lease({});
    const caller = new AbortController();
    const givingUp = pool.lease({ signal: caller.signal }).catch((reason: unknown) => reason);
    const next = pool.query('SELECT 1 AS n');
    held.release();
    caller.abort(); // In the same turn: it was woken and is gone.
    const outcome = await givingUp;
    if ('release' in (outcome as object)) (outcome as Lease).release();
    expect(await next).toEqual([{ n: 1 }]);
  });

  it('leaks no connection, whatever goes wrong', async () => {
    const pool = await openPool({ maxReaders: 1 });
    for (let round = 0; round < 20; round += 1) {
      await expect(pool.query('SELECT nonsense')).rejects.toMatchObject({
        code: 'STORAGE_SQL_INVALID',
      });
      await expect(pool.use({}, () => Promise.reject(new RangeError('mine')))).rejects.toThrow(
        RangeError,
      );
    }
    expect(await pool.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('takes a second release for none', async () => {
    const pool = await openPool({ maxReaders: 1 });
    const lease = await pool.lease({});
    lease.release();
    lease.release();
    const [first, second] = [pool.lease({}), pool.lease({})];
    await first;
    expect(await isPending(second)).toBe(true);
    (await first).release();
    (await second).release();
  });

  it('leaves no listener on a signal that outlives the read', async () => {
    const pool = await openPool();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...values: Parameters<typeof add>) => {
      listeners += 1;
      add(...values);
    }) as typeof signal.addEventListener;
    signal.removeEventListener = ((...values: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...values);
    }) as typeof signal.removeEventListener;
    await pool.query('SELECT 1', [], { signal });
    await expect(pool.query('SELECT x', [], { signal })).rejects.toThrow();
    expect(listeners).toBe(0);
  });

  it.each([0, -1, 0.5, NaN, Infinity, 2 ** 31])(
    'refuses a deadline of %d ms',
    async (timeoutMs) => {
      const pool = await openPool();
      await expect(pool.query('SELECT 1', [], { timeoutMs })).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field: 'timeoutMs' },
      });
    },
  );

  it.each([1, 2 ** 31 - 1])(
    'does not take a deadline of %d ms for a bad one',
    async (timeoutMs) => {
      const pool = await openPool();
      const lease = pool.lease({ timeoutMs });
      await expect(
        lease.then((held) => held.release()).catch((reason: unknown) => Promise.reject(reason)),
      ).resolves.toBeUndefined();
    },
  );

  describe('close', () => {
    it('waits for a read that ends in time', async () => {
      const pool = await openPool();
      const lease = await pool.lease({});
      const closing = pool.close(10_000);
      expect(await isPending(closing)).toBe(true);
      lease.release();
      await closing;
    });

    it('turns away those who wait, and those who come', async () => {
      const pool = await openPool({ maxReaders: 1 });
      const lease = await pool.lease({});
      const waiting = expect(pool.query('SELECT 1')).rejects.toMatchObject({
        code: 'STORAGE_NOT_OPEN',
      });
      const closing = pool.close(10_000);
      await waiting;
      await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
      lease.release();
      await closing;
    });

    it('stops what still reads after its grace', async () => {
      const pool = await openPool();
      const read = expect(pool.query(endless)).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
      await new Promise((resolve) => setImmediate(resolve));
      await pool.close(20);
      await read;
    });

    it('tells a holder who does nothing by its signal', async () => {
      const pool = await openPool();
      const lease = await pool.lease({});
      lease.signal.addEventListener('abort', () => lease.release());
      await pool.close(20);
      expect(lease.signal.reason).toMatchObject({ code: 'STORAGE_NOT_OPEN' });
    });
  });
});
