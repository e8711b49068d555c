import type { Connection } from '../duckdb/connection.js';
import { windowUs } from '../points/window.js';
import type { ClosedTimes } from '../rollups/closed-times.js';
import {
  applyChangesSql,
  computePartsSql,
  countChangesSql,
  findChangesSql,
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
 * Brings the connections up to date with the spans of one window, and takes it off the work list; in
 * the open transaction. A span also changes what is to be said of the windows of its parent and its
 * children: those are computed anew along with it.
 *
 * @returns windows whose connections changed
 */
export async function connectWindow(
  connection: Connection,
  { connections, closed }: ConnectParts,
  startUs: number,
): Promise<number> {
  await connections.clear(connection, startUs);
  // Nearer than that to a time whose spans are gone, parents and children would be missed.
  const isOpen = (us: number) => !closed.has(us) && !closed.has(us - kinshipUs);
  if (!isOpen(startUs)) return 0;
  const kin = await connection.query(kinWindowsSql, windowParameters(startUs));
  const windows = [startUs, ...kin.map(({ us }) => us as number)].filter(isOpen);
  await connection.execute(prepareConnectSql);
  for (const us of windows) {
    await connection.run(computePartsSql, windowParameters(us));
    await connection.run(noteWindowSql, [new Date(us / 1000)]);
  }
  await connection.execute(findChangesSql);
  const [changes] = await connection.query(countChangesSql);
  if (changes!['windows'] !== 0) await connection.execute(applyChangesSql);
  return changes!['windows'] as number;
}

function windowParameters(startUs: number): Date[] {
  const endUs = startUs + windowUs;
  return [startUs, endUs, startUs - kinshipUs, endUs + kinshipUs].map((us) => new Date(us / 1000));
}
