import type { Connection } from '../duckdb/connection.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { StorageError } from '../storage-error.js';
import { clusterHistory } from './cluster-history.js';
import { historyRowsSql } from './history-rows-sql.js';
import { historySummariesSql } from './history-summaries-sql.js';
import { historyOrder } from './place-summaries.js';
import { rebuildHotTier } from './rebuild-hot-tier.js';
import { boundaryAtUs, dayUs, partUs, type TierBoundary } from './tier-boundary.js';

/** What sealing did. */
export interface SealResult {
  /** Rows moved from `metric_summaries` to `metric_history`. */
  readonly rows: number;
  /** Writes it took: each holds up other writers for some 50 ms. */
  readonly steps: number;
  /** Whether `metric_summaries` was made anew, to give back the room of what was moved before. */
  readonly rebuilt: boolean;
  /** Rows of `metric_history` that were laid out anew, days after they were sealed. */
  readonly clustered: number;
}

/** Rows moved by one write. */
const rowsPerStep = 5_000;

/**
 * Moves summaries older than the hot window into history, a quarter of a UTC day at a time.
 *
 * The boundary moves first, the rows follow in small transactions; killed at any point, the next run
 * goes on. A clock that was wrong is made good: see {@link lowerBoundary}.
 */
export async function seal(
  store: Store,
  boundary: TierBoundary,
  hotWindowMs: number,
  options: TaskOptions = {},
): Promise<SealResult> {
  const targetUs = boundaryAtUs(store.now().getTime(), hotWindowMs);
  if (targetUs < boundary.sealedUntilUs) await lowerBoundary(store, boundary, targetUs);
  else if (await hasRowsBefore(store, targetUs)) await moveBoundary(store, boundary, targetUs);
  const moved = await moveRows(store, boundary, options);
  const rebuilt = await rebuildHotTier(store);
  return { ...moved, rebuilt, ...(await clusterHistory(store, boundary, options)) };
}

/** Sets the boundary; rows before it that still lie in the hot tier are moved by the next run. */
export async function moveBoundary(
  store: Store,
  boundary: TierBoundary,
  us: number,
): Promise<void> {
  if (us === boundary.sealedUntilUs) return;
  await store.write((connection) => boundary.write(connection, us), { alone: true });
  boundary.moved(us);
}

async function hasRowsBefore(store: Store, us: number): Promise<boolean> {
  const rows = await store
    .readers()
    .query('SELECT 1 AS one FROM metric_summaries WHERE timestamp < ? LIMIT 1', [
      new Date(us / 1000),
    ]);
  return rows.length > 0;
}

async function moveRows(
  store: Store,
  boundary: TierBoundary,
  { onProgress, signal }: TaskOptions,
): Promise<Pick<SealResult, 'rows' | 'steps'>> {
  const total = await countHot(store, boundary);
  let rows = 0;
  let steps = 0;
  for (let part = await oldest(store, boundary); part; part = await oldest(store, boundary)) {
    for (const step of await stepsOf(store, part)) {
      if (signal?.aborted) throw new StorageError('STORAGE_CANCELLED', 'Sealing was cancelled.');
      rows += await store.write((connection) => moveStep(connection, step), { alone: true });
      steps += 1;
      onProgress?.({ phase: 'seal', done: rows, total, unit: 'rows' });
    }
  }
  return { rows, steps };
}

async function countHot(store: Store, { sealedUntilUs }: TierBoundary): Promise<number> {
  if (!Number.isFinite(sealedUntilUs)) return 0;
  const [row] = await store
    .readers()
    .query('SELECT count(*) AS n FROM metric_summaries WHERE timestamp < ?', [
      new Date(sealedUntilUs / 1000),
    ]);
  return row!['n'] as number;
}

interface Part {
  readonly from: Date;
  readonly to: Date;
}

/** The oldest part of which rows lie in the hot tier and do not belong there. */
async function oldest(store: Store, { sealedUntilUs }: TierBoundary): Promise<Part | undefined> {
  if (!Number.isFinite(sealedUntilUs)) return undefined;
  const [first] = await store
    .readers()
    .query('SELECT epoch_us(min(timestamp)) AS us FROM metric_summaries WHERE timestamp < ?', [
      new Date(sealedUntilUs / 1000),
    ]);
  const us = first?.['us'] as number | undefined;
  if (us === undefined) return undefined;
  const startUs = Math.floor(us / partUs) * partUs;
  return { from: new Date(startUs / 1000), to: new Date((startUs + partUs) / 1000) };
}

/** Rows of one part up to a place in the order of history, those before it being moved already. */
interface Step extends Part {
  /** Metric, interval and time of the last row; undefined: the whole rest of the part. */
  readonly last?: readonly [string, string, Date];
}

async function stepsOf(store: Store, part: Part): Promise<Step[]> {
  const places = await store.readers().query(
    `SELECT metric_name, interval, timestamp FROM (
       SELECT metric_name, interval, timestamp,
         row_number() OVER (ORDER BY metric_name, interval, timestamp) AS n
       FROM metric_summaries WHERE timestamp >= ? AND timestamp < ?
     ) WHERE n % ${rowsPerStep} = 0 ORDER BY n`,
    [part.from, part.to],
  );
  const steps: Step[] = places.map((place) => ({
    ...part,
    last: [place['metric_name'] as string, place['interval'] as string, place['timestamp'] as Date],
  }));
  return [...steps, part];
}

/** @returns rows moved */
async function moveStep(connection: Connection, { from, to, last }: Step): Promise<number> {
  const where = `timestamp >= ? AND timestamp < ?
    ${last ? 'AND (metric_name, interval, timestamp) <= (?, ?, ?)' : ''}`;
  const parameters = [from, to, ...(last ?? [])];
  const moved = await connection.run(
    `INSERT INTO metric_history ${historyRowsSql('metric_summaries')}
     WHERE ${where} ORDER BY ${historyOrder}`,
    parameters,
  );
  await connection.run(`DELETE FROM metric_summaries WHERE ${where}`, parameters);
  return moved;
}

/**
 * Brings parts of days back into the hot tier that were sealed too early: the clock ran ahead, or the hot
 * window was made longer. When rows are newer than the clock says, it is the clock that is wrong,
 * and nothing is moved.
 */
async function lowerBoundary(
  store: Store,
  boundary: TierBoundary,
  targetUs: number,
): Promise<void> {
  const [row] = await store
    .readers()
    .query('SELECT epoch_us(max(timestamp)) AS us FROM metric_history');
  const newestUs = (row?.['us'] as number | undefined) ?? -Infinity;
  if (newestUs > store.now().getTime() * 1000 + dayUs) return;
  const afterNewestUs = (Math.floor(newestUs / partUs) + 1) * partUs;
  // From here down there are rows: part by part, each in one transaction with its boundary.
  if (afterNewestUs < boundary.sealedUntilUs) {
    await moveBoundary(store, boundary, Math.max(afterNewestUs, targetUs));
  }
  while (boundary.sealedUntilUs > targetUs) {
    const us = boundary.sealedUntilUs - partUs;
    await store.write(
      async (connection) => {
        const start = new Date(us / 1000);
        await connection.run(
          `INSERT INTO metric_summaries ${historySummariesSql('metric_history')} WHERE timestamp >= ?`,
          [start],
        );
        await connection.run('DELETE FROM metric_history WHERE timestamp >= ?', [start]);
        await boundary.write(connection, us);
      },
      { alone: true },
    );
    boundary.moved(us);
  }
}
