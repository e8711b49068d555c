import { isInPart } from '../points/metric-parts.js';
import type { Due, Pace } from '../points/pace.js';
import { forgetSeries } from '../points/forget-series.js';
import type { SeriesDictionary } from '../points/series-dictionary.js';
import type { PointOrder } from '../points/point-order.js';
import { doubts } from '../points/summarise.js';
import { readWindowSize } from '../points/window-size.js';
import { lookbackUs, windowUs } from '../points/window.js';
import type { Store } from '../store.js';
import { placeComputed } from '../tiers/place-computed.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import {
  closeDay,
  closeHour,
  readDaysWithSketches,
  readHoursWithPoints,
  type ClosingParts,
} from './close-windows.js';
import { dueClosings } from './due-closings.js';
import type { RollupWindow } from './dirty-rollups.js';
import { coarseIntervals, intervalUs, startOf, type CoarseInterval } from './intervals.js';
import { rollUpWindowsSql } from './roll-up-windows-sql.js';
import { sketchWindowSql } from './sketch-window-sql.js';

/** How many windows of 15m, 1h and 1d share a transaction: the three that one late point concerns, and a few. */
const windowsPerStep = 8;

/** How many points are sketched at once, about: it bounds memory, and how long a step takes. */
const pointsPerStep = 1_000_000;

/** How many buckets one transaction writes, about: others wait for it. */
const bucketsPerWrite = 200_000;

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
  readonly order: PointOrder;
  readonly series: SeriesDictionary;
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
 *
 * @param pace decides which windows to leave for later; absent: none
 */
export async function rollUp(
  store: Store,
  parts: RollUpParts,
  pace: Pace | undefined,
): Promise<RollUpResult> {
  const startedAt = performance.now();
  const { rollups } = parts;
  const nowUs = store.now().getTime() * 1000;
  const listed = rollups.list('5m').map((us) => toDue({ interval: '5m', us }));
  const stale = pace?.due(listed, nowUs) ?? listed;
  for (const window of stale) {
    const windowStartedAt = performance.now();
    await sketchWindow(store, parts, window.us);
    pace?.ran(window, nowUs, performance.now() - windowStartedAt);
  }
  const marked = coarseIntervals.flatMap((interval) =>
    rollups.list(interval).map((us) => toDue({ interval, us })),
  );
  const windows = pace?.due(marked, nowUs) ?? marked;
  let summaries = 0;
  for (let index = 0; index < windows.length; index += windowsPerStep) {
    const some = windows.slice(index, index + windowsPerStep);
    const stepStartedAt = performance.now();
    summaries += await rollUpWindows(store, parts, some);
    const eachMs = (performance.now() - stepStartedAt) / some.length;
    for (const window of some) pace?.ran(window, nowUs, eachMs);
  }
  pace?.rest();
  const hoursClosed = await closeDue(store, parts);
  return {
    sketches: stale.length,
    windows: windows.length,
    summaries,
    hoursClosed,
    durationMs: performance.now() - startedAt,
  };
}

function toDue<W extends RollupWindow>(window: W): W & Due {
  const { interval, us } = window;
  return { ...window, key: `${interval} ${us}`, endUs: us + intervalUs[interval] };
}

/**
 * In parts of the metrics, computed beside the writer and copied by it in short transactions. The mark
 * stays until the last. Points that come meanwhile are summarised later, which sets it again.
 */
async function sketchWindow(store: Store, parts: RollUpParts, startUs: number): Promise<void> {
  const { rollups, closed } = parts;
  const window = { interval: '5m', us: startUs } as const;
  if (closed.has(startUs)) {
    await store.write((connection) => rollups.clear(connection, [window]), { alone: true });
    return;
  }
  const { rows, hasHistograms } = await readWindowSize(store, startUs);
  const count = Math.max(1, Math.ceil(rows / pointsPerStep));
  for (let part = 0; part < count; part += 1) {
    await sketchPart(store, parts, { startUs, part: [part, count], hasHistograms });
  }
  await store.write(
    async (connection) => {
      await rollups.mark(
        connection,
        coarseIntervals.map((interval) => ({ interval, us: startOf(interval, startUs) })),
      );
      await rollups.clear(connection, [window]);
    },
    { alone: true },
  );
}

interface SketchStep {
  readonly startUs: number;
  /** Which part of the metrics, of how many. */
  readonly part: readonly [number, number];
  readonly hasHistograms: boolean;
}

/** Computes one part's sketches, then writes them a few at a time: they are larger than summaries. */
function sketchPart(
  store: Store,
  { order }: RollUpParts,
  { startUs, part: [part, count], hasHistograms }: SketchStep,
): Promise<void> {
  const start = new Date(startUs / 1000);
  const sketches = '_computed.sketches';
  return store.computing.run(async ({ connection }) => {
    const options = {
      condition: isInPart(part, count),
      hasHistograms,
      ...doubts(order, startUs),
    };
    await connection.run(`CREATE OR REPLACE TABLE ${sketches} AS ${sketchWindowSql(options)}`, [
      start,
      new Date((startUs + windowUs) / 1000),
      new Date((startUs - lookbackUs) / 1000),
    ]);
    const [size] = await connection.query(`SELECT sum(len(lows)) AS buckets FROM ${sketches}`);
    const buckets = (size!['buckets'] as number | undefined) ?? 0;
    const writes = Math.max(1, Math.ceil(buckets / bucketsPerWrite));
    for (let write = 0; write < writes; write += 1) {
      // A part of a part: the metrics of this one differ in what is left of their hash.
      const which = isInPart(part + count * write, count * writes);
      await store.write(
        async (writer) => {
          await writer.run(
            `DELETE FROM metric_sketches WHERE interval = '5m' AND window_start = ? AND ${which}`,
            [start],
          );
          await writer.execute(
            `INSERT INTO metric_sketches BY NAME FROM ${sketches} WHERE ${which}`,
          );
        },
        { alone: true },
      );
    }
    await connection.execute(`DROP TABLE ${sketches}`);
  });
}

/** Computes beside the writer: merging a day of sketches must not keep it waiting. */
async function rollUpWindows(
  store: Store,
  { rollups, closed, boundary }: RollUpParts,
  windows: readonly CoarseWindow[],
): Promise<number> {
  const whole = windows.filter(
    ({ us, interval }) => !closed.lacksSketches(us, endOf(us, interval)),
  );
  if (whole.length === 0) {
    await store.write((connection) => rollups.clear(connection, windows), { alone: true });
    return 0;
  }
  const table = '_computed.rollups';
  return store.computing.run(async ({ connection }) => {
    await connection.run(`CREATE OR REPLACE TABLE ${table} AS ${rollUpWindowsSql}`, [
      JSON.stringify(whole.map(({ interval, us }) => ({ interval, us }))),
      new Date(Math.min(...whole.map(({ us }) => us)) / 1000),
      new Date(Math.max(...whole.map(({ us, interval }) => endOf(us, interval))) / 1000),
    ]);
    const summaries = await placeComputed(store, {
      connection,
      table,
      boundary,
      finish: (writer) => rollups.clear(writer, windows),
    });
    await connection.execute(`DROP TABLE ${table}`);
    return summaries;
  });
}

const endOf = (us: number, interval: CoarseInterval) => us + intervalUs[interval];

async function closeDue(store: Store, parts: RollUpParts): Promise<number> {
  const { closed, series, acceptLateMs } = parts;
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
  if (hours > 0) await forgetSeries(store, series);
  for (const us of dueClosings(await readDaysWithSketches(store.readers()), {
    lengthUs: intervalUs['1d'],
    horizonUs,
  })) {
    await store.write((connection) => closeDay(connection, parts, us), { alone: true });
  }
  return hours;
}
