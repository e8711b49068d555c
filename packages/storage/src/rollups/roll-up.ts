import type { Connection } from '../duckdb/connection.js';
import { lookbackUs, windowUs } from '../points/window.js';
import { toMetricSummary } from '../queries/metric-summaries.js';
import type { MetricSummary } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import { writeMetricSummaries } from '../writes/metric-summaries.js';
import { toSummaryColumns } from '../writes/summary-columns.js';
import {
  closeDay,
  closeHour,
  readDaysWithSketches,
  readHoursWithPoints,
  type ClosingParts,
} from './close-windows.js';
import { dueClosings } from './due-closings.js';
import { coarseIntervals, intervalUs, startOf, type CoarseInterval } from './intervals.js';
import { rollUpWindowsSql } from './roll-up-windows-sql.js';
import { removeSketchesSql, sketchWindowSql } from './sketch-window-sql.js';

/** How many windows of 15m, 1h and 1d share a transaction: the three that one late point concerns, and a few. */
const windowsPerStep = 8;

/** How many points make a step of sketching, about. */
const pointsPerStep = 200_000;

/** How long merging sketches may take. ms */
const mergeTimeoutMs = 600_000;

interface CoarseWindow {
  readonly interval: CoarseInterval;
  readonly us: number;
}

export interface RollUpResult {
  /** 5-minute windows whose sketches were brought up to date. */
  readonly sketches: number;
  /** Windows of 15m, 1h and 1d that were. */
  readonly windows: number;
  /** Rows of `metric_summaries` written. */
  readonly summaries: number;
  /** Hours whose points were dropped. */
  readonly hoursClosed: number;
  readonly durationMs: number;
}

/** What the roll-up works with beside the store. */
export interface RollUpParts extends ClosingParts {
  readonly boundary: TierBoundary;
  /** How late points are accepted. ms */
  readonly acceptLateMs: number;
}

/**
 * Brings 15m, 1h and 1d summaries up to date with the points, the current windows included, then
 * drops points and sketches that nothing can ask for any more.
 *
 * Each step is one transaction that takes its own mark off the work list: a crash in between
 * repeats the step that was under way, and no other. To be run once at a time: between reading
 * sketches and writing what comes of them nobody else may change them.
 */
export async function rollUp(store: Store, parts: RollUpParts): Promise<RollUpResult> {
  const startedAt = performance.now();
  const { rollups } = parts;
  const stale = rollups.list('5m');
  for (const us of stale) await sketchWindow(store, parts, us);
  const windows = coarseIntervals.flatMap((interval) =>
    rollups.list(interval).map((us) => ({ interval, us })),
  );
  let summaries = 0;
  for (let index = 0; index < windows.length; index += windowsPerStep) {
    const some = windows.slice(index, index + windowsPerStep);
    summaries += await rollUpWindows(store, parts, some);
  }
  const hoursClosed = await closeDue(store, parts);
  return {
    sketches: stale.length,
    windows: windows.length,
    summaries,
    hoursClosed,
    durationMs: performance.now() - startedAt,
  };
}

/**
 * In parts of the metrics, each a transaction: writers need not wait for all. The mark stays until the
 * last, and beyond it when more points have come in between.
 */
async function sketchWindow(store: Store, parts: RollUpParts, startUs: number): Promise<void> {
  const { rollups, closed } = parts;
  const window = { interval: '5m', us: startUs } as const;
  if (closed.has(startUs)) {
    await store.write((connection) => rollups.clear(connection, [window]), { alone: true });
    return;
  }
  rollups.watch();
  const count = await countParts(store, startUs);
  for (let part = 0; part < count; part += 1) {
    await store.write(
      async (connection) => {
        await sketchPart(connection, startUs, [part, count]);
        if (part < count - 1) return;
        await rollups.mark(
          connection,
          coarseIntervals.map((interval) => ({ interval, us: startOf(interval, startUs) })),
        );
        if (!rollups.wasMarked(startUs)) await rollups.clear(connection, [window]);
      },
      { alone: true },
    );
  }
}

async function sketchPart(
  connection: Connection,
  startUs: number,
  part: readonly [number, number],
): Promise<void> {
  const start = new Date(startUs / 1000);
  await connection.run(removeSketchesSql, [start, ...part]);
  await connection.run(sketchWindowSql, [
    start,
    new Date((startUs + windowUs) / 1000),
    new Date((startUs - lookbackUs) / 1000),
    ...part,
  ]);
}

async function countParts(store: Store, startUs: number): Promise<number> {
  const [row] = await store.readers().query(
    `SELECT count(*) AS points FROM (
       SELECT time FROM points UNION ALL SELECT time FROM histogram_buckets
     ) WHERE time >= ? AND time < ?`,
    [new Date(startUs / 1000), new Date((startUs + windowUs) / 1000)],
  );
  return Math.max(1, Math.ceil((row!['points'] as number) / pointsPerStep));
}

/** Computes on a reader's connection: merging a day of sketches must not keep writers waiting. */
async function rollUpWindows(
  store: Store,
  { rollups, closed, boundary }: RollUpParts,
  windows: readonly CoarseWindow[],
): Promise<number> {
  const whole = windows.filter(
    ({ us, interval }) => !closed.lacksSketches(us, endOf(us, interval)),
  );
  const summaries = await readRollUps(store, whole);
  const columns = toSummaryColumns(summaries);
  await store.write(
    async (connection) => {
      await rollups.clear(connection, windows);
      if (summaries.length === 0) return;
      await writeMetricSummaries(connection, columns, boundary.sealedUntilUs);
    },
    { alone: true },
  );
  return summaries.length;
}

async function readRollUps(
  store: Store,
  windows: readonly CoarseWindow[],
): Promise<MetricSummary[]> {
  if (windows.length === 0) return [];
  const rows = await store
    .readers()
    .query(
      rollUpWindowsSql,
      [
        JSON.stringify(windows),
        new Date(Math.min(...windows.map(({ us }) => us)) / 1000),
        new Date(Math.max(...windows.map(({ us, interval }) => endOf(us, interval))) / 1000),
      ],
      { timeoutMs: mergeTimeoutMs },
    );
  return rows.map(toMetricSummary);
}

const endOf = (us: number, interval: CoarseInterval) => us + intervalUs[interval];

async function closeDue(store: Store, parts: RollUpParts): Promise<number> {
  const { closed, acceptLateMs } = parts;
  const horizonUs = store.now().getTime() * 1000 - acceptLateMs * 1000 - lookbackUs - 2 * windowUs;
  if (!closed.isTimeToLook(horizonUs)) return 0;
  let hours = 0;
  for (const us of dueClosings(await readHoursWithPoints(store.readers()), {
    lengthUs: intervalUs['1h'],
    horizonUs,
  })) {
    const isClosed = await store.write((connection) => closeHour(connection, parts, us), {
      alone: true,
    });
    if (isClosed) hours += 1;
  }
  for (const us of dueClosings(await readDaysWithSketches(store.readers()), {
    lengthUs: intervalUs['1d'],
    horizonUs,
  })) {
    await store.write((connection) => closeDay(connection, parts, us), { alone: true });
  }
  return hours;
}
