import { sizeOf } from '../files/size-of.js';
import { journalPaths, journalSize } from '../journal/journal-files.js';
import { readLock } from '../lifecycle/lock.js';
import type { Finding } from './finding.js';

/** DuckDB empties the log at 64 MiB; one this large means that checkpoints fail. bytes */
const largeBytes = 256 * 1024 ** 2;

/** The write-ahead log, and the journal of points: whether they are emptied, and stray ones lie there. */
export async function checkLog(databasePath: string): Promise<Finding> {
  const orphans = [`${databasePath}.wal.orphan`, ...journalPaths(`${databasePath}.orphan`)];
  for (const orphan of orphans) {
    if ((await sizeOf(orphan)) === 0) continue;
    return {
      check: 'log',
      severity: 'warning',
      message: `${orphan} belongs to a database that was gone when the colony started. It is not used.`,
      remedy: `mv '${orphan}' /tmp/`,
    };
  }
  const bytes = (await sizeOf(`${databasePath}.wal`)) + (await journalSize(databasePath));
  const isHeld = (await readLock(databasePath))?.isHeld === true;
  if (bytes > largeBytes) {
    return {
      check: 'log',
      severity: 'warning',
      message: `The log has ${megabytes(bytes)}: it is not written into the file. A stop and a start do it.`,
      remedy: 'coral colony stop && coral colony start',
    };
  }
  if (bytes > 0 && !isHeld) {
    return {
      check: 'log',
      severity: 'warning',
      message: `${megabytes(bytes)} of writes are in the log alone. The next start brings them into the file; do not move one without the other.`,
      remedy: 'coral colony start',
    };
  }
  return { check: 'log', severity: 'ok', message: `The log has ${megabytes(bytes)}.` };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
