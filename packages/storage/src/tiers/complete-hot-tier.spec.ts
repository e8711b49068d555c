import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { connect } from '../../test/support/connect.js';
import { differingLookUps, rows } from '../../test/support/look-ups.js';
import { openStore } from '../../test/support/open-store.js';
import {
  metricSummariesKey,
  metricSummariesWithoutKeyDdl,
} from '../schema/tables/metric-summaries.js';
import { completeHotTier, hasHotTierKey } from './complete-hot-tier.js';

const summaries = Array.from({ length: 500 }, (_, n) => ({
  timestamp: new Date(Date.now() - n * 1000),
  serviceId: `service-${n % 7}`,
  metricName: `metric-${n % 11}`,
  interval: '5m' as const,
  count: n,
}));

/** The first half of making the table anew. */
const withoutKey = [
  'BEGIN TRANSACTION',
  'CREATE TEMP TABLE kept AS FROM metric_summaries',
  'DROP TABLE metric_summaries',
  metricSummariesWithoutKeyDdl,
  'INSERT INTO metric_summaries FROM kept',
  'COMMIT',
];
const withKey = [
  'BEGIN TRANSACTION',
  `ALTER TABLE metric_summaries ADD ${metricSummariesKey}`,
  'CREATE INDEX idx_metric_summaries_service_id ON metric_summaries(service_id)',
  'CREATE INDEX idx_metric_summaries_metric_name ON metric_summaries(metric_name)',
  'COMMIT',
];
/** As after a kill: what was committed last stands in the log alone. */
const keepLog = 'PRAGMA disable_checkpoint_on_shutdown';

describe('a hot tier whose making anew was cut off', () => {
  const dir = useTempDir();

  it.each([
    ['when its rows were committed', [keepLog, ...withoutKey]],
    ['when its rows were in the file', withoutKey],
    ['when its key was committed', [keepLog, ...withoutKey, 'CHECKPOINT', ...withKey]],
  ])('has its key, its indexes and all rows once it is opened: %s', async (_, statements) => {
    const database = await openStore(dir);
    await database.insertMetricSummaries(summaries);
    await database.close();
    await bareDuckdb(database.path, ...statements);
    const again = await openStore(dir);
    expect(await again.diagnose()).not.toContainEqual(
      expect.objectContaining({ check: 'schema', severity: 'error' }),
    );
    expect(await differingLookUps(again)).toEqual([]);
    await again.insertMetricSummaries(summaries.map((row) => ({ ...row, count: 1 })));
    expect(
      (await rows(again, 'SELECT count(*), sum(count) FROM metric_summaries'))[0]!.map(Number),
    ).toEqual([500, 500]);
  });

  it('gets them in a copy that was made then', async () => {
    const connection = await connect();
    await connection.execute(`ATTACH '${dir.file('copy.duckdb')}' AS elsewhere`);
    await connection.execute(
      metricSummariesWithoutKeyDdl.replace('metric_summaries', 'elsewhere.metric_summaries'),
    );
    expect(await hasHotTierKey(connection, 'elsewhere')).toBe(false);
    await completeHotTier(connection, 'elsewhere');
    await connection.execute('DETACH elsewhere');
    const indexes = 'SELECT index_name FROM duckdb_indexes() ORDER BY ALL';
    expect(await bareDuckdb(dir.file('copy.duckdb'), indexes)).toEqual([
      ['idx_metric_summaries_metric_name'],
      ['idx_metric_summaries_service_id'],
    ]);
    expect(
      await bareDuckdb(dir.file('copy.duckdb'), 'SELECT has_primary_key FROM duckdb_tables()'),
    ).toEqual([[true]]);
  });
});
