import type { Connection } from '../duckdb/connection.js';
import { readJournal, removeJournal } from '../journal/journal-files.js';
import { StorageError } from '../storage-error.js';
import { DirtyWindows } from './dirty-windows.js';
import { unpackPoints, type PackedPoints } from './packed-points.js';
import { PointOrder } from './point-order.js';
import { PointWriter } from './point-writer.js';
import { SeriesDictionary } from './series-dictionary.js';

/** What of the journal the database has. */
export interface ReplayedJournal {
  /** Sequence of the newest entry that was ever drained. */
  readonly drainedUntil: number;
  /** Points that were in the journal alone. */
  readonly points: number;
}

/**
 * Brings the points that a process left in its journal into the database, and removes it.
 *
 * @throws {StorageError} `STORAGE_CORRUPT` when it is damaged, or another database's
 */
export async function replayJournal(path: string, writer: Connection): Promise<ReplayedJournal> {
  const [row] = await writer.query('SELECT drained_until FROM points_journal');
  const before = row!['drained_until'] as number;
  const entries = await readJournal(path, before);
  const drainedUntil = entries.at(-1)?.sequence ?? before;
  const batches = entries.map(({ bytes }) => unpackPoints(bytes));
  if (batches.length > 0) {
    await requireSeries(path, writer, batches);
    await write(writer, batches, drainedUntil);
  }
  await removeJournal(path);
  return { drainedUntil, points: batches.reduce((sum, { points }) => sum + points, 0) };
}

async function write(
  connection: Connection,
  batches: readonly PackedPoints[],
  drainedUntil: number,
): Promise<void> {
  const windows = new DirtyWindows();
  await windows.load(connection);
  const points = await PointWriter.create(connection, {
    series: new SeriesDictionary(),
    windows,
    order: new PointOrder(),
  });
  try {
    await connection.execute('BEGIN TRANSACTION');
    await points.writePacked(connection, batches);
    await connection.run('UPDATE points_journal SET drained_until = ?', [drainedUntil]);
    points.flush();
    await connection.execute('COMMIT');
  } finally {
    points.close();
  }
}

/** A journal beside a database that was put there from elsewhere names series that it does not have. */
async function requireSeries(
  path: string,
  connection: Connection,
  batches: readonly PackedPoints[],
): Promise<void> {
  const known = new Set(
    (await connection.query('SELECT series_id FROM series')).map((row) => row['series_id']),
  );
  for (const { tables } of batches) {
    for (const { columns } of tables) {
      const ids = columns[1]!;
      for (const id of new Int32Array(ids.buffer, ids.byteOffset, ids.length / 4)) {
        if (!known.has(id)) throw ofAnother(path);
      }
    }
  }
}

function ofAnother(path: string): StorageError {
  return new StorageError(
    'STORAGE_CORRUPT',
    `${path}.journal-a and -b belong to another database: they name series that it does not have. ` +
      'Nothing was changed. Put the database back that they belong to, or move them away.',
    { details: { path } },
  );
}
