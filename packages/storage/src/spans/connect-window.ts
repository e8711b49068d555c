import type { Connection } from '../duckdb/connection.js';
import { windowUs } from '../points/window.js';
import type { ClosedTimes } from '../rollups/closed-times.js';
import type { Store } from '../store.js';
import {
  applyChangesSql,
  computePartsSql,
  countChangesSql,
  findChangesSql,
  forgetComputedSql,
  kinshipUs,
  kinWindowsSql,
  noteWindowSql,
  prepareConnectSql,
} from './connections-sql.js';
import type { DirtyConnections } from './dirty-connections.js';

/** What connecting works with. */
export interface ConnectParts {
  readonly connections: DirtyConnections;
  readonly closed: ClosedTimes;
}

/**
 * Brings the connections up to date with the spans of one window, and takes it off the work list. A
 * span also changes what is to be said of the windows of its parent and its children: those are computed
 * anew along with it.
 *
 * Computing reads on a connection of its own, one window at a time, while spans go on coming in; the
 * writer places what changed in one transaction. The window stays on the list when spans came for it
 * meanwhile. Spans that came for its kin are on the list by themselves.
 *
 * @returns windows whose connections changed
 */
export function connectWindow(
  store: Store,
  { connections, closed }: ConnectParts,
  startUs: number,
): Promise<number> {
  return store.computing.run(async ({ connection }) => {
    // Nearer than that to a time whose spans are gone, parents and children would be missed.
    const isOpen = (us: number) => !closed.has(us) && !closed.has(us - kinshipUs);
    const changes = connections.changesOf(startUs);
    const windows = isOpen(startUs) ? await computeParts(connection, startUs, isOpen) : [];
    const changed = await countChanges(connection, windows);
    const placed = await store.write(
      async (writer) => {
        // What was said of an hour that closed meanwhile is added up already. The next run computes anew.
        if (!windows.every(isOpen)) return 0;
        if (connections.changesOf(startUs) === changes) await connections.clear(writer, startUs);
        if (changed > 0) await writer.execute(applyChangesSql);
        return changed;
      },
      { alone: true },
    );
    if (windows.length > 0) await connection.execute(forgetComputedSql);
    return placed;
  });
}

/** Computes what a window says, and those of its kin. @returns which they are */
async function computeParts(
  connection: Connection,
  startUs: number,
  isOpen: (us: number) => boolean,
): Promise<number[]> {
  const kin = await connection.query(kinWindowsSql, windowParameters(startUs));
  const windows = [startUs, ...kin.map(({ us }) => us as number)].filter(isOpen);
  await connection.execute(prepareConnectSql);
  for (const us of windows) {
    await connection.run(computePartsSql, windowParameters(us));
    await connection.run(noteWindowSql, [new Date(us / 1000)]);
  }
  return windows;
}

/** How many of the windows say something else than they did. */
async function countChanges(connection: Connection, windows: readonly number[]): Promise<number> {
  if (windows.length === 0) return 0;
  await connection.execute(findChangesSql);
  const [changes] = await connection.query(countChangesSql);
  return changes!['windows'] as number;
}

function windowParameters(startUs: number): Date[] {
  const endUs = startUs + windowUs;
  return [startUs, endUs, startUs - kinshipUs, endUs + kinshipUs].map((us) => new Date(us / 1000));
}
