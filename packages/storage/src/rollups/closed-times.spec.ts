import { describe, expect, it } from '@jest/globals';
import { connect } from '../../test/support/connect.js';
import { closedTimesDdl } from '../schema/tables/rollups.js';
import { ClosedTimes } from './closed-times.js';

async function open() {
  const connection = await connect();
  await connection.execute(closedTimesDdl);
  return connection;
}

describe('ClosedTimes', () => {
  it('knows what is closed once that is committed, start included and end not', async () => {
    const connection = await open();
    const closed = new ClosedTimes();
    await closed.close(connection, 1_000, 2_000);
    expect(closed.has(1_000)).toBe(false);
    closed.committed();
    expect([999, 1_000, 1_999, 2_000].map((us) => closed.has(us))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('forgets what was rolled back', async () => {
    const closed = new ClosedTimes();
    await closed.close(await open(), 1_000, 2_000);
    closed.rolledBack();
    closed.committed();
    expect(closed.has(1_500)).toBe(false);
  });

  it('is the same after loading, whatever the order, gaps and overlaps', async () => {
    const connection = await open();
    const closed = new ClosedTimes();
    for (const [from, to] of [
      [5_000, 6_000],
      [1_000, 2_000],
      [2_000, 3_000],
      [1_000, 4_000],
    ] as const) {
      await closed.close(connection, from, to);
    }
    closed.committed();
    const loaded = new ClosedTimes();
    await loaded.load(connection);
    for (const times of [closed, loaded]) {
      expect([500, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500].map((us) => times.has(us))).toEqual([
        false,
        true,
        true,
        true,
        false,
        true,
        false,
      ]);
      expect(times.lacksSketches(0, 10_000)).toBe(false);
    }
  });

  it('knows which times no sketch holds', async () => {
    const connection = await open();
    await connection.execute(
      `INSERT INTO closed_times VALUES (make_timestamp(0), make_timestamp(3000), false),
         (make_timestamp(0), make_timestamp(9000), true)`,
    );
    const closed = new ClosedTimes();
    await closed.load(connection);
    expect(closed.has(8_999)).toBe(true);
    expect([closed.lacksSketches(2_999, 5_000), closed.lacksSketches(3_000, 5_000)]).toEqual([
      true,
      false,
    ]);
  });

  it('is asked to look once an hour, whichever way the clock went', () => {
    const closed = new ClosedTimes();
    const hour = 3_600_000_000;
    expect([0, 1, hour - 1, hour, hour + 1, 0].map((us) => closed.isTimeToLook(us))).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });
});
