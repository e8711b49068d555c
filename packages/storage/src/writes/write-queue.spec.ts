import { describe, expect, it } from '@jest/globals';
import { onTestEnd, useTempDir } from '@coral/testkit';
import type { Connection } from '../duckdb/connection.js';
import { Instance } from '../duckdb/instance.js';
import type { StorageError } from '../index.js';
import { WriteQueue, type Write, type WriteQueueOptions } from './write-queue.js';

const dir = useTempDir();

async function open(options: Partial<WriteQueueOptions> = {}) {
  const instance = await Instance.open(dir.file('q.duckdb'), {
    memoryLimitBytes: 64 * 1024 ** 2,
    threads: 1,
  });
  const [writer, other] = [await instance.connect(), await instance.connect()];
  await writer.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)');
  const calls: string[] = [];
  const queue = new WriteQueue(writer, {
    before: () => [],
    maxPending: 1000,
    maxPendingWeight: 1000,
    beforeCommit: () => void calls.push('beforeCommit'),
    afterCommit: () => void calls.push('afterCommit'),
    afterRollback: () => void calls.push('afterRollback'),
    onFatal: () => void calls.push('onFatal'),
    ...options,
  });
  onTestEnd(async () => {
    await queue.idle();
    writer.close();
    other.close();
    instance.close();
  });
  /** What a connection that is not the writer's sees. */
  const committed = async (): Promise<unknown[]> =>
    (await other.query('SELECT id FROM t ORDER BY id')).map((row) => row['id']);
  return { queue, writer, other, calls, committed };
}

const insert =
  (id: number): Write<number> =>
  async (connection) => {
    await connection.run('INSERT INTO t VALUES (?, 0)', [id]);
    return id;
  };

/** A write that goes on when the test says so. */
function gate() {
  let pass!: () => void;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  let reach!: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const write: Write<void> = async () => {
    reach();
    await passed;
  };
  return { write, pass, reached };
}

describe('WriteQueue', () => {
  it('answers each write with its result', async () => {
    const { queue, committed } = await open();
    expect(await Promise.all([queue.add(insert(1)), queue.add(insert(2))])).toEqual([1, 2]);
    expect(await committed()).toEqual([1, 2]);
  });

  it('lets writes of one turn share one commit', async () => {
    const { queue, calls } = await open();
    await Promise.all([1, 2, 3].map((id) => queue.add(insert(id))));
    expect(queue.stats()).toEqual({ depth: 0, commits: 1, writes: 3, failures: 0 });
    expect(calls).toEqual(['beforeCommit', 'afterCommit']);
  });

  it('lets writes that came during a commit share the next', async () => {
    const { queue } = await open();
    const slow = gate();
    const first = queue.add(slow.write);
    await slow.reached;
    const rest = [1, 2, 3].map((id) => queue.add(insert(id)));
    expect(queue.stats().depth).toBe(4);
    slow.pass();
    await Promise.all([first, ...rest]);
    expect(queue.stats()).toMatchObject({ commits: 2, writes: 4 });
  });

  it('puts at most 256 writes into one commit', async () => {
    const { queue } = await open();
    await Promise.all(Array.from({ length: 257 }, (_, id) => queue.add(insert(id))));
    expect(queue.stats()).toMatchObject({ commits: 2, writes: 257 });
  });

  it('keeps the order', async () => {
    const { queue, other } = await open();
    const set =
      (n: number): Write<void> =>
      async (connection) => {
        await connection.run(
          'INSERT INTO t VALUES (1, ?) ON CONFLICT DO UPDATE SET n = excluded.n',
          [n],
        );
      };
    const settled: number[] = [];
    await Promise.all(
      Array.from({ length: 600 }, (_, n) => queue.add(set(n)).then(() => settled.push(n))),
    );
    expect(await other.query('SELECT n FROM t')).toEqual([{ n: 599 }]);
    expect(settled).toEqual(Array.from({ length: 600 }, (_, n) => n));
  });

  it('answers only after the commit', async () => {
    const { queue, committed } = await open();
    const slow = gate();
    let isAnswered = false;
    const first = queue.add(insert(1)).then(() => (isAnswered = true));
    const second = queue.add(slow.write);
    await slow.reached; // The first write has run, and its group is still open.
    expect(isAnswered).toBe(false);
    expect(await committed()).toEqual([]);
    slow.pass();
    await first;
    expect(await committed()).toEqual([1]);
    await second;
  });

  it('lets a failing write take nobody with it', async () => {
    const { queue, calls, committed } = await open();
    const outcomes = await Promise.allSettled([
      queue.add(insert(1)),
      queue.add(insert(1)), // Breaks the key.
      queue.add(insert(2)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'STORAGE_CONSTRAINT' } });
    expect(await committed()).toEqual([1, 2]);
    expect(queue.stats()).toEqual({ depth: 0, commits: 2, writes: 2, failures: 1 });
    expect(calls.filter((call) => call === 'afterRollback')).toHaveLength(2);
  });

  it('undoes all that a failing write did', async () => {
    const { queue, committed } = await open();
    const half: Write<void> = async (connection) => {
      await insert(1)(connection);
      throw new RangeError('after all');
    };
    await expect(queue.add(half)).rejects.toMatchObject({ cause: expect.any(RangeError) });
    expect(await committed()).toEqual([]);
    await queue.add(insert(1));
  });

  it('counts what fails before the commit as failed', async () => {
    let isFull = true;
    const { queue, committed } = await open({
      beforeCommit: () => {
        if (isFull) throw new Error('IO Error: No space left on device');
      },
    });
    await expect(queue.add(insert(1))).rejects.toMatchObject({ code: 'STORAGE_DISK_FULL' });
    isFull = false;
    await queue.add(insert(2));
    expect(await committed()).toEqual([2]);
  });

  describe('alone', () => {
    it('has a commit of its own among others', async () => {
      const { queue } = await open();
      await Promise.all([
        queue.add(insert(1)),
        queue.add(insert(2)),
        queue.add(insert(3), { alone: true }),
        queue.add(insert(4)),
        queue.add(insert(5)),
      ]);
      expect(queue.stats()).toMatchObject({ commits: 3, writes: 5 });
    });

    it('finds what was written before it', async () => {
      const { queue } = await open();
      const count = async (connection: Connection) =>
        (await connection.query('SELECT count(*) AS n FROM t'))[0]!['n'];
      const [, , counted] = await Promise.all([
        queue.add(insert(1)),
        queue.add(insert(2)),
        queue.add(count, { alone: true }),
        queue.add(insert(3)),
      ]);
      expect(counted).toBe(2);
    });
  });

  it('runs a bare write outside any transaction, in its turn', async () => {
    const { queue, committed } = await open();
    let seen: unknown[] = [];
    await Promise.all([
      queue.add(insert(1)),
      queue.add(
        async (connection) => {
          seen = await committed();
          await connection.execute('CHECKPOINT');
        },
        { bare: true },
      ),
      queue.add(insert(2)),
    ]);
    expect(seen).toEqual([1]);
    expect(await committed()).toEqual([1, 2]);
  });

  describe('a conflict', () => {
    it('is tried again until the other is done', async () => {
      const { queue, writer, other } = await open();
      await writer.execute('INSERT INTO t VALUES (1, 0)');
      await other.execute('BEGIN TRANSACTION');
      await other.execute('UPDATE t SET n = n + 1 WHERE id = 1');
      let attempts = 0;
      await queue.add(async (connection) => {
        attempts += 1;
        if (attempts === 3) await other.execute('COMMIT');
        await connection.run('UPDATE t SET n = n + 10 WHERE id = 1');
      });
      expect(attempts).toBeGreaterThanOrEqual(3);
      expect(await other.query('SELECT n FROM t')).toEqual([{ n: 11 }]);
      expect(queue.stats()).toMatchObject({ commits: 1, writes: 1, failures: 0 });
    });

    it('that does not end is given up after five attempts', async () => {
      const { queue, writer, other } = await open();
      await writer.execute('INSERT INTO t VALUES (1, 0)');
      await other.execute('BEGIN TRANSACTION');
      await other.execute('UPDATE t SET n = n + 1 WHERE id = 1');
      let attempts = 0;
      const write: Write<void> = async (connection) => {
        attempts += 1;
        await connection.run('UPDATE t SET n = n + 10 WHERE id = 1');
      };
      await expect(queue.add(write)).rejects.toMatchObject({ code: 'STORAGE_CONFLICT' });
      expect(attempts).toBe(5);
      await other.execute('ROLLBACK');
      await queue.add(write);
    });
  });

  describe('overload', () => {
    it('is refused beyond the number of writes that may wait', async () => {
      const { queue, committed } = await open({ maxPending: 2 });
      const slow = gate();
      const running = queue.add(slow.write);
      await slow.reached;
      const waiting = [queue.add(insert(1)), queue.add(insert(2))];
      await expect(queue.add(insert(3))).rejects.toMatchObject({ code: 'STORAGE_OVERLOADED' });
      slow.pass();
      await Promise.all([running, ...waiting]);
      await queue.add(insert(4));
      expect(await committed()).toEqual([1, 2, 4]);
      expect(queue.stats()).toMatchObject({ failures: 1 });
    });

    it('is refused beyond the weight that may wait, and not at it', async () => {
      const { queue } = await open({ maxPendingWeight: 10 });
      const slow = gate();
      const running = queue.add(slow.write);
      await slow.reached;
      const waiting = [queue.add(insert(1), { weight: 6 }), queue.add(insert(2), { weight: 4 })];
      await expect(queue.add(insert(3), { weight: 1 })).rejects.toMatchObject({
        code: 'STORAGE_OVERLOADED',
      });
      waiting.push(queue.add(insert(4))); // Weighs nothing.
      slow.pass();
      await Promise.all([running, ...waiting]);
    });

    it('is told from half of the weight on to whoever has not decoded its write yet', async () => {
      const { queue } = await open({ maxPendingWeight: 10 });
      const slow = gate();
      const running = queue.add(slow.write);
      await slow.reached;
      const waiting = [queue.add(insert(1), { weight: 4 })];
      queue.requireRoom();
      waiting.push(queue.add(insert(2), { weight: 1 }));
      expect(() => queue.requireRoom()).toThrow(
        expect.objectContaining({ code: 'STORAGE_OVERLOADED' }),
      );
      slow.pass();
      await Promise.all([running, ...waiting]);
      queue.requireRoom();
    });

    it('never refuses a single write for its weight alone', async () => {
      const { queue } = await open({ maxPendingWeight: 10 });
      expect(await queue.add(insert(1), { weight: 11 })).toBe(1);
    });
  });

  it('waits in idle for all that was added, also meanwhile', async () => {
    const { queue, committed } = await open();
    void queue.add(async (connection) => {
      await insert(1)(connection);
      void queue.add(insert(2));
    });
    await queue.idle();
    expect(await committed()).toEqual([1, 2]);
  });

  it('is idle at once when nothing was added', async () => {
    const { queue } = await open();
    await queue.idle();
    expect(queue.stats()).toEqual({ depth: 0, commits: 0, writes: 0, failures: 0 });
  });

  it('tells its owner of a fatal error, and fails the whole group', async () => {
    const errors: StorageError[] = [];
    const { queue } = await open({ onFatal: (error) => errors.push(error) });
    const outcomes = await Promise.allSettled([
      queue.add(insert(1)),
      queue.add(() => Promise.reject(new Error('FATAL Error: this instance is lost'))),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { code: 'STORAGE_FATAL' } },
      { reason: { code: 'STORAGE_FATAL' } },
    ]);
    expect(errors).toHaveLength(1);
  });
});
