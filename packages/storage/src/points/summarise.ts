import type { ClosingParts } from '../rollups/close-windows.js';
import type { Store } from '../store.js';
import { placeComputed } from '../tiers/place-computed.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import { isInPart } from './metric-parts.js';
import type { Pace } from './pace.js';
import type { PointOrder } from './point-order.js';
import { summariseWindowSql } from './summary-sql.js';
import { readWindowSize } from './window-size.js';
import { lookbackUs, windowUs } from './window.js';

/** What summarising works with. */
export interface SummariseParts extends ClosingParts {
  readonly boundary: TierBoundary;
  readonly order: PointOrder;
}

/** How many points are computed at once, about: it bounds memory, and how long a step takes. */
const pointsPerStep = 1_000_000;

/**
 * Brings the summaries of the windows on the work list up to date with their points.
 *
 * Computing reads on a connection of its own, while points go on coming in; only the rows that come of
 * it pass through the writer, in short transactions. A window stays on the list when points came for it
 * meanwhile. To be run once at a time: rows of an older look must not replace those of a newer one.
 *
 * @param pace decides which windows to leave for later; absent: none
 */
export async function summarise(
  store: Store,
  parts: SummariseParts,
  pace: Pace | undefined,
): Promise<{ windows: number; summaries: number }> {
  const nowUs = store.now().getTime() * 1000;
  const listed = parts.windows.list().map((key) => {
    return { key, endUs: key + windowUs, changes: parts.windows.changesOf(key) };
  });
  const due = pace?.due(listed, nowUs) ?? listed;
  let summaries = 0;
  for (const window of due) {
    const startedAt = performance.now();
    summaries += await summariseWindow(store, parts, window.key);
    pace?.ran(window, nowUs, performance.now() - startedAt);
  }
  pace?.rest();
  return { windows: due.length, summaries };
}

/** @returns summaries written */
async function summariseWindow(
  store: Store,
  parts: SummariseParts,
  startUs: number,
): Promise<number> {
  const { windows, closed } = parts;
  if (closed.has(startUs)) {
    await store.write((connection) => windows.clear(connection, startUs), { alone: true });
    return 0;
  }
  const changes = windows.changesOf(startUs);
  const { rows, hasHistograms } = await readWindowSize(store, startUs);
  const count = Math.max(1, Math.ceil(rows / pointsPerStep));
  let summaries = 0;
  for (let part = 0; part < count; part += 1) {
    const isLast = part === count - 1;
    summaries += await summarisePart(store, parts, {
      startUs,
      part: [part, count],
      hasHistograms,
      isDone: () => isLast && windows.changesOf(startUs) === changes,
    });
  }
  return summaries;
}

interface Step {
  readonly startUs: number;
  /** Which part of the metrics, of how many. */
  readonly part: readonly [number, number];
  readonly hasHistograms: boolean;
  /** Whether the window is up to date once this part is placed. */
  readonly isDone: () => boolean;
}

function summarisePart(
  store: Store,
  { windows, rollups, boundary, order }: SummariseParts,
  { startUs, part, hasHistograms, isDone }: Step,
): Promise<number> {
  return store.computing.run(async ({ connection }) => {
    const repeats = doubts(order, startUs);
    await connection.run(
      `CREATE OR REPLACE TABLE _computed.summaries AS
       ${summariseWindowSql({ condition: isInPart(...part), hasHistograms, ...repeats })}`,
      [
        new Date(startUs / 1000),
        new Date((startUs + windowUs) / 1000),
        new Date((startUs - lookbackUs) / 1000),
      ],
    );
    const summaries = await placeComputed(store, {
      connection,
      table: '_computed.summaries',
      boundary,
      // Otherwise they come of points that may have repeated themselves since: not worth keeping.
      isValid: () => doubts(order, startUs).mayRepeat === repeats.mayRepeat,
      finish: async (writer) => {
        if (isDone()) await windows.clear(writer, startUs);
        await rollups.mark(writer, [{ interval: '5m', us: startUs }]);
      },
    });
    await connection.execute('DROP TABLE _computed.summaries');
    return summaries;
  });
}

/** Which of the points that a window is computed from may hold a time twice. */
export function doubts(
  order: PointOrder,
  startUs: number,
): { mayRepeat: boolean; mayRepeatBefore: boolean } {
  let mayRepeatBefore = false;
  for (let us = startUs - lookbackUs; us < startUs; us += windowUs) {
    if (order.mayRepeat(us)) mayRepeatBefore = true;
  }
  return { mayRepeat: order.mayRepeat(startUs), mayRepeatBefore };
}
