import type { Connection } from '../duckdb/connection.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { isStorageError, StorageError } from '../storage-error.js';
import { historyOrder } from './place-summaries.js';
import { dayUs, type TierBoundary } from './tier-boundary.js';

/** What laying history out in clusters did. */
export interface ClusterResult {
  /** Rows of `metric_history` that were written again, beside more of their metric. */
  readonly clustered: number;
}

/** What lies together, counted from the epoch: eight days, and two until eight are sealed. µs */
const spansUs = [8 * dayUs, 2 * dayUs];
/** Rows in one of DuckDB's row groups, which are compressed apart. */
const rowGroup = 122_880;
/**
 * Rows moved by one write: a little less than two row groups. Fewer are collected in memory and laid out with
 * what is written next, in more row groups.
 */
const rowsPerStep = 240_000;
/** After so many steps the room of what they moved is taken by the next ones. */
const stepsPerCheckpoint = 3;

/**
 * Lays sealed days out again, two and then eight at a time, so that each metric lies in one place instead of
 * many: a row group then holds one kind of values, which takes a third less room and is faster to read.
 *
 * A cluster is looked at when its last day is sealed, and after a start. Each step moves rows within
 * one transaction, of which others wait for its end only; killed in between, the next run goes on with what is
 * still scattered.
 *
 * Source: decision 0011.
 */
export async function clusterHistory(
  store: Store,
  boundary: TierBoundary,
  options: TaskOptions = {},
): Promise<ClusterResult> {
  let clustered = 0;
  for (const spanUs of spansUs) clustered += await clusterBy(spanUs, store, boundary, options);
  return { clustered };
}

/** @returns rows that were laid out anew */
async function clusterBy(
  spanUs: number,
  store: Store,
  { sealedUntilUs, clusteredUntilUs }: TierBoundary,
  { onProgress, signal }: TaskOptions,
): Promise<number> {
  let clustered = 0;
  const newestUs = Math.floor(sealedUntilUs / spanUs) * spanUs;
  const doneUs = clusteredUntilUs.get(spanUs) ?? -Infinity;
  if (!(newestUs > doneUs)) return clustered;
  // The newest first: one that lies well means that the older ones do, too.
  for (let untilUs = newestUs; ;) {
    const us = await newestRowUs(store, untilUs);
    if (us === undefined || us < doneUs) break;
    untilUs = Math.floor(us / spanUs) * spanUs;
    const cluster = await look(store, untilUs, untilUs + spanUs);
    if (!cluster.isScattered) break;
    for (const [index, step] of (await stepsOf(store, cluster)).entries()) {
      if (signal?.aborted) throw new StorageError('STORAGE_CANCELLED', 'Sealing was cancelled.');
      if (index > 0 && index % stepsPerCheckpoint === 0) await checkpoint(store);
      clustered += await move(store, step);
      onProgress?.({ phase: 'cluster', done: clustered, total: cluster.rows, unit: 'rows' });
    }
  }
  clusteredUntilUs.set(spanUs, newestUs);
  return clustered;
}

/** Of the newest row before a time. µs */
async function newestRowUs(store: Store, beforeUs: number): Promise<number | undefined> {
  const [row] = await store
    .readers()
    .query('SELECT epoch_us(max(timestamp)) AS us FROM metric_history WHERE timestamp < ?', [
      new Date(beforeUs / 1000),
    ]);
  return row?.['us'] as number | undefined;
}

interface Cluster {
  readonly from: Date;
  readonly to: Date;
  readonly rows: number;
  readonly isScattered: boolean;
}

/** Whether the rows of a metric lie in many more row groups than they would fill. */
async function look(store: Store, fromUs: number, toUs: number): Promise<Cluster> {
  const [from, to] = [new Date(fromUs / 1000), new Date(toUs / 1000)];
  const [found] = await store.readers().query(
    `SELECT coalesce(sum(n), 0)::BIGINT AS rows, count(*) AS pieces,
       count(DISTINCT (metric_name, interval)) AS names
     FROM (SELECT metric_name, interval, rowid // ${rowGroup} AS at, count(*) AS n
       FROM metric_history WHERE timestamp >= ? AND timestamp < ? GROUP BY ALL)`,
    [from, to],
  );
  const { rows, pieces, names } = found as unknown as Record<'rows' | 'pieces' | 'names', number>;
  return { from, to, rows, isScattered: pieces > rows / rowGroup + 3 * names };
}

/** Metric, interval and time: a place in the order of history. */
type HistoryPlace = readonly [string, string, Date];

/** Rows of a cluster from one place on, up to another or its end. */
interface Step {
  readonly cluster: Cluster;
  readonly from: HistoryPlace;
  readonly to: HistoryPlace | undefined;
}

async function stepsOf(store: Store, cluster: Cluster): Promise<Step[]> {
  const rows = await store.readers().query(
    `SELECT metric_name, interval, timestamp FROM (
       SELECT metric_name, interval, timestamp, sum(count(*)) OVER (
         ORDER BY metric_name, interval, timestamp)::BIGINT // ${rowsPerStep} AS n
       FROM metric_history WHERE timestamp >= ? AND timestamp < ?
       GROUP BY metric_name, interval, timestamp)
     QUALIFY row_number() OVER (PARTITION BY n ORDER BY metric_name, interval, timestamp) = 1
     ORDER BY metric_name, interval, timestamp`,
    [cluster.from, cluster.to],
  );
  const places = rows.map((row): HistoryPlace => [
    row['metric_name'] as string,
    row['interval'] as string,
    row['timestamp'] as Date,
  ]);
  return places.map((from, index) => ({ cluster, from, to: places[index + 1] }));
}

/**
 * Copies the rows beside the writer, and takes the old ones away and commits in its turn. Where one of them
 * was replaced or deleted meanwhile, which DuckDB then says, all of it is done in the writer's turn.
 *
 * @returns rows that were moved to the table's end
 */
function move(store: Store, step: Step): Promise<number> {
  return store.computing.run(async ({ connection, signal }) => {
    // What fails or is stopped from here on is rolled back when the connection is closed.
    await connection.execute('BEGIN TRANSACTION');
    const copied = await copy(connection, step);
    const isMoved = await store.write(
      async () => {
        throwIfCancelled(signal);
        return removeAndCommit(connection, step, copied);
      },
      { bare: true },
    );
    if (isMoved) return copied.rows;
    return store.write(
      async (writer) => {
        const again = await copy(writer, step);
        await remove(writer, step, again);
        return again.rows;
      },
      { alone: true },
    );
  });
}

/** Rows that stand at the table's end, and the last one before them. */
interface Copied {
  readonly rows: number;
  readonly lastId: number;
}

async function copy(connection: Connection, step: Step): Promise<Copied> {
  const { where, parameters } = rowsOf(step);
  const [last] = await connection.query('SELECT max(rowid) AS id FROM metric_history');
  const rows = await connection.run(
    `INSERT INTO metric_history FROM metric_history WHERE ${where} ORDER BY ${historyOrder}`,
    parameters,
  );
  return { rows, lastId: last!['id'] as number };
}

async function remove(connection: Connection, step: Step, { lastId }: Copied): Promise<void> {
  const { where, parameters } = rowsOf(step);
  await connection.run(`DELETE FROM metric_history WHERE ${where} AND rowid <= ?`, [
    ...parameters,
    lastId,
  ]);
}

/** @returns false when a row is not what it was when it was copied: then nothing was done */
async function removeAndCommit(
  connection: Connection,
  step: Step,
  copied: Copied,
): Promise<boolean> {
  try {
    await remove(connection, step, copied);
    await connection.execute('COMMIT');
    return true;
  } catch (reason) {
    if (!isStorageError(reason) || reason.code !== 'STORAGE_CONFLICT') throw reason;
    // After a COMMIT that failed there is nothing to roll back.
    await connection.execute('ROLLBACK').catch(() => undefined);
    return false;
  }
}

function rowsOf({ cluster, from, to }: Step): {
  readonly where: string;
  readonly parameters: readonly (string | Date)[];
} {
  const [metric, interval, time] = from;
  return {
    // Not a pair of tuples: DuckDB makes a BETWEEN of it, which it then refuses.
    where: `timestamp >= ? AND timestamp < ?
      AND metric_name >= ? AND (metric_name > ? OR interval > ? OR (interval = ? AND timestamp >= ?))
      ${to ? 'AND metric_name <= ? AND (metric_name, interval, timestamp) < (?, ?, ?)' : ''}`,
    parameters: [
      ...[cluster.from, cluster.to],
      ...[metric, metric, interval, interval, time],
      ...(to ? [to[0], ...to] : []),
    ],
  };
}

/** One that fails is made up for by the next: then the file is larger in between. */
async function checkpoint(store: Store): Promise<void> {
  await store
    .write((connection) => connection.execute('CHECKPOINT'), { bare: true })
    .catch((reason: unknown) => {
      store.logger.warn({ err: reason }, 'no checkpoint while history was laid out');
    });
}
