import { stat } from 'node:fs/promises';
import type { ReaderPool } from '../queries/reader-pool.js';
import type { Finding } from './finding.js';

/** Clocks of senders differ by that much and are still accepted. ms */
const toleranceMs = 10 * 60_000;

/** Whether the clock stands before what it said earlier: when rows and the file itself were written. */
export async function checkClock(
  databasePath: string,
  readers: ReaderPool,
  nowMs: number,
): Promise<Finding> {
  const [row] = await readers.query(
    `SELECT greatest(
       (SELECT max(applied_at) FROM schema_version),
       (SELECT max(first_seen) FROM series),
       (SELECT max(last_seen) FROM services),
       (SELECT max(timestamp) FROM events WHERE service_id = 'coral-colony'),
       (SELECT max(time) FROM points)
     ) AS newest`,
  );
  const newestMs = (row?.['newest'] as Date | undefined)?.getTime() ?? 0;
  const { mtimeMs } = await stat(databasePath);
  const aheadMs = Math.max(newestMs, mtimeMs) - nowMs;
  if (aheadMs <= toleranceMs) {
    return { check: 'clock', severity: 'ok', message: 'The clock is not behind what was written.' };
  }
  const what = newestMs >= mtimeMs ? 'The newest row' : 'The last write to the file';
  return {
    check: 'clock',
    severity: 'warning',
    message: `${what} is ${(aheadMs / 60_000).toFixed(0)} minutes ahead of the clock: it was set back, or was ahead then. Points are refused by it.`,
    remedy: 'timedatectl set-ntp true',
  };
}
