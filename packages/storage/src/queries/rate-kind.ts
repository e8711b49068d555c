import type { ReaderPool, ReadOptions } from './reader-pool.js';

/**
 * Whether a metric counts something itself, so that its rate is that of the sum of its values: of a
 * counter. What all others have a rate of is how many values there are.
 */
export async function isRateOfSum(
  readers: ReaderPool,
  [service, metric]: readonly [string, string],
  options: ReadOptions,
): Promise<boolean> {
  const rows = await readers.query(
    `SELECT 1 FROM series
     WHERE service_id = ? AND metric_name = ? AND kind = 'sum' AND monotonic LIMIT 1`,
    [service, metric],
    options,
  );
  return rows.length > 0;
}
