import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { publishFile } from '../files/publish-file.js';
import { syncDirectory } from '../files/sync-directory.js';
import { moveJournal } from '../journal/journal-files.js';
import { toPathError } from './path-error.js';
import { exists } from '../files/exists.js';

/** What stands in `{colony_id}.duckdb.replacing` while one database takes another's place. */
interface ReplaceMark {
  /** Where the old one goes, a name in the same directory; its log goes with it. */
  readonly aside: string;
}

/** Where the new database has to lie, whole and on the disk, before it is put in its place. */
export function incomingPath(databasePath: string): string {
  return `${databasePath}.incoming`;
}

/**
 * Puts the file at {@link incomingPath} in the database's place and keeps the old one aside.
 *
 * Three renames cannot be one step, and in between there is a log without its database, which must
 * never meet the other one. So the intention is written down first: from then on whoever opens the
 * database finishes the work before anything else ({@link finishReplacement}).
 *
 * Call while holding the lock, with the file closed.
 */
export async function replaceDatabase(databasePath: string, aside: string): Promise<void> {
  try {
    const mark: ReplaceMark = { aside: path.basename(aside) };
    await publishFile(markPath(databasePath), { overwrite: true }, (draft) =>
      draft.writeFile(JSON.stringify(mark)),
    );
    await finishReplacement(databasePath);
  } catch (reason) {
    throw toPathError(reason, databasePath);
  }
}

/**
 * Finishes a replacement that was cut off, from whichever step it reached; without a mark, removes
 * what never came to be put in place. Call while holding the lock, with the file closed.
 */
export async function finishReplacement(databasePath: string): Promise<void> {
  const incoming = incomingPath(databasePath);
  const mark = await readMark(databasePath);
  if (mark === undefined) {
    await rm(incoming, { force: true });
    await rm(`${markPath(databasePath)}.partial`, { force: true });
    return;
  }
  const directory = path.dirname(databasePath);
  // While the new one waits, what lies in its place is the old one's; afterwards it is its own.
  if (await exists(incoming)) {
    const aside = path.join(directory, mark.aside);
    await renameIfThere(databasePath, aside);
    await renameIfThere(`${databasePath}.wal`, `${aside}.wal`);
    await moveJournal(databasePath, aside);
    await syncDirectory(directory);
    await rename(incoming, databasePath);
    await syncDirectory(directory);
  }
  await rm(markPath(databasePath), { force: true });
  await syncDirectory(directory);
}

function markPath(databasePath: string): string {
  return `${databasePath}.replacing`;
}

async function readMark(databasePath: string): Promise<ReplaceMark | undefined> {
  try {
    const { aside } = JSON.parse(await readFile(markPath(databasePath), 'utf8')) as ReplaceMark;
    // The name alone counts: a mark from elsewhere must not lead out of the directory.
    return { aside: path.basename(aside) };
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toPathError(reason, markPath(databasePath));
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== 'ENOENT') throw reason;
  }
}
