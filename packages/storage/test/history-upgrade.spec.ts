import { expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { Instance } from '../src/duckdb/instance.js';
import { openDatabase } from '../src/index.js';
import { migrations } from '../src/migrations/index.js';
import { migrate } from '../src/migrations/migrate.js';

const dir = useTempDir();
const colonyId = 'history-dev';

it('history of schema version 9 stays as it is and is read beside new rows', async () => {
  const file = dir.file(`${colonyId}.duckdb`);
  const instance = await Instance.open(file, { memoryLimitBytes: 512 * 1024 ** 2, threads: 2 });
  const connection = await instance.connect();
  await migrate(connection, migrations.slice(0, 9), new Date());
  await connection.execute(`
    INSERT INTO metric_history VALUES
      ('2025-01-01', 's', 'm', '5m', 1.23456, 2.34567, 3.45678, 2, 4.56789, 3),
      ('2025-01-01 00:05', 's', 'm', '5m', NULL, -1.5, 0, 2, NULL, NULL);
    CHECKPOINT`);
  connection.close();
  instance.close();

  const database = await openDatabase({ storagePath: dir.path, colonyId });
  try {
    expect(database.recovery.migrationsApplied).toEqual(
      migrations.slice(9).map(({ version }) => version),
    );
    const of = { serviceId: 's', metricName: 'm', interval: '5m' as const };
    const third = {
      ...of,
      timestamp: new Date('2025-01-01T00:10:00Z'),
      p50: 1.5,
      p95: 2.5,
      p99: 3.5,
      max: 3.5,
    };
    await database.insertMetricSummary(third);
    const both = await database.listMetricSummaries();
    expect(both).toEqual([
      {
        ...of,
        timestamp: new Date('2025-01-01T00:00:00Z'),
        p50: 1.23456,
        p95: 2.34567,
        p99: 3.45678,
        mean: 2,
        max: 4.56789,
        count: 3,
      },
      { ...of, timestamp: new Date('2025-01-01T00:05:00Z'), p95: -1.5, p99: 0, mean: 2 },
      third,
    ]);
    await database.seal();
    const sealed = await database.listMetricSummaries();
    expect(sealed.slice(0, 2)).toEqual(both.slice(0, 2));
    expect(sealed[2]!.p50).toBeCloseTo(1.5, 2);
    expect(sealed[2]).toMatchObject({ p99: 3.5, max: 3.5 });
  } finally {
    await database.close();
  }
});
