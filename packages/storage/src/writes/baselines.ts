import type { Connection } from '../duckdb/connection.js';
import type { SqlParameter } from '../duckdb/values.js';
import { baselineWindows, type Baseline } from '../schema/tables/baselines.js';
import {
  optional,
  requireCount,
  requireDate,
  requireFinite,
  requireName,
  requireOneOf,
} from './check-input.js';

/** A baseline to store; `lastUpdated` is now unless it is given. */
export type BaselineInput = Omit<Baseline, 'lastUpdated'> & { readonly lastUpdated?: Date };

export function checkBaseline(baseline: BaselineInput, now: Date): SqlParameter[] {
  const number = (name: 'mean' | 'stddev' | 'p50' | 'p95' | 'p99') =>
    optional(baseline[name], (value) => requireFinite(name, value));
  return [
    requireName('serviceId', baseline.serviceId),
    requireName('metricName', baseline.metricName),
    requireOneOf('timeWindow', baseline.timeWindow, baselineWindows),
    number('mean'),
    number('stddev'),
    number('p50'),
    number('p95'),
    number('p99'),
    optional(baseline.sampleCount, (value) => requireCount('sampleCount', value)),
    baseline.lastUpdated ? requireDate('lastUpdated', baseline.lastUpdated) : now,
  ];
}

/** Stores the baseline, or replaces the one for the same metric and window, and pins it. */
export async function writeBaseline(
  connection: Connection,
  row: readonly SqlParameter[],
): Promise<void> {
  await connection.run(
    `INSERT INTO baselines
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (service_id, metric_name, time_window) DO UPDATE SET
       mean = excluded.mean, stddev = excluded.stddev, p50 = excluded.p50, p95 = excluded.p95,
       p99 = excluded.p99, sample_count = excluded.sample_count, last_updated = excluded.last_updated`,
    row,
  );
  const key = row.slice(0, 3);
  await removePin(connection, key);
  await connection.run('INSERT INTO pinned_baselines VALUES (?, ?, ?)', key);
}

/**
 * Lets learning have a baseline again.
 *
 * @param key service, metric and window
 * @returns whether it was pinned
 */
export async function removePin(
  connection: Connection,
  key: readonly SqlParameter[],
): Promise<boolean> {
  const removed = await connection.run(
    `DELETE FROM pinned_baselines WHERE service_id = ? AND metric_name = ? AND time_window = ?`,
    key,
  );
  return removed > 0;
}
