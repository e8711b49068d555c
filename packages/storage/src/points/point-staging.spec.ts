import { beforeEach, describe, expect, it } from '@jest/globals';
import { onTestEnd } from '@coral/testkit';
import { numberPoints } from '../../test/support/number-points.js';
import type { Connection } from '../duckdb/connection.js';
import { attachMemory, Instance } from '../duckdb/instance.js';
import { migrations } from '../migrations/index.js';
import { migrate } from '../migrations/migrate.js';
import { packPoints, type PackedPoints } from './packed-points.js';
import { PointOrder } from './point-order.js';
import { PointStaging } from './point-staging.js';

describe('PointStaging', () => {
  let writer: Connection;
  let staging: PointStaging;

  beforeEach(async () => {
    const instance = await Instance.open(':memory:', {
      memoryLimitBytes: 256 * 1024 ** 2,
      threads: 1,
    });
    writer = await instance.connect();
    await migrate(writer, migrations, new Date());
    await attachMemory(writer);
    staging = (await PointStaging.create(instance))!;
    onTestEnd(async () => {
      await staging.close();
      writer.close();
      instance.close();
    });
  });

  /** Three thousand points of one value: more than are appended at once. */
  function batch(value: number): PackedPoints {
    const points = numberPoints(
      { serviceId: 's', metricName: 'm', kind: 'gauge' },
      Array.from({ length: 3_000 }, (_, index) => ({ timeMs: 1_000 * (index + 1), value })),
    );
    const accept = new Uint8Array(points.length).fill(1);
    return packPoints(points, accept, Int32Array.of(1), new PointOrder());
  }

  async function moved(...batches: PackedPoints[]): Promise<Record<string, number>> {
    await writer.execute('DELETE FROM points');
    await writer.execute('BEGIN TRANSACTION');
    await staging.move(batches, writer);
    await writer.execute('COMMIT');
    staging.clear();
    const rows = await writer.query(
      'SELECT value, count(*)::INTEGER AS n FROM points GROUP BY value ORDER BY value',
    );
    return Object.fromEntries(rows.map(({ value, n }) => [String(value), n as number]));
  }

  it('moves what was staged ahead, and what follows it', async () => {
    const [one, two, three] = [batch(1), batch(2), batch(3)];
    staging.stage(one);
    staging.stage(two);
    expect(staging.ahead).toEqual({ batches: 2, points: 6_000 });
    expect(await moved(one, two, three)).toEqual({ 1: 3_000, 2: 3_000, 3: 3_000 });
    expect(staging.ahead).toEqual({ batches: 0, points: 0 });
    expect(await moved(three)).toEqual({ 3: 3_000 });
  });

  it('begins anew when other batches are moved than those staged', async () => {
    const [one, two] = [batch(1), batch(2)];
    staging.stage(one);
    staging.stage(two);
    expect(await moved(two)).toEqual({ 2: 3_000 });
  });

  it('begins anew after a transaction that was rolled back', async () => {
    const [one, two] = [batch(1), batch(2)];
    staging.stage(one);
    await writer.execute('BEGIN TRANSACTION');
    await staging.move([one, two], writer);
    await writer.execute('ROLLBACK');
    staging.clear();
    staging.stage(one);
    expect(await moved(one, two)).toEqual({ 1: 3_000, 2: 3_000 });
  });

  it('says a failure when batches are moved, and can go on', async () => {
    const one = batch(1);
    const broken = { ...batch(2), tables: [undefined] } as unknown as PackedPoints;
    staging.stage(one);
    staging.stage(broken);
    await writer.execute('BEGIN TRANSACTION');
    await expect(staging.move([one, broken], writer)).rejects.toThrow(TypeError);
    await writer.execute('ROLLBACK');
    staging.clear();
    expect(await moved(one)).toEqual({ 1: 3_000 });
  });
});
