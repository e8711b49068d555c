import { readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { publishFile } from '../files/publish-file.js';
import { syncDirectory } from '../files/sync-directory.js';
import { toPathError } from '../lifecycle/path-error.js';

/** What stands in `{colony_id}.duckdb.upgrading` from the copy to the end of the upgrade. */
interface UpgradeMark {
  /** The copy's file name. */
  readonly backup: string;
  /** The file that is being upgraded: one that was put in its place since is left alone. */
  readonly inode: string;
}

/** Notes that the file is being upgraded and where its copy lies. The mark survives any crash. */
export async function markUpgrade(databasePath: string, backup: string): Promise<void> {
  const mark: UpgradeMark = {
    backup: path.basename(backup),
    inode: (await inodeOf(databasePath)) ?? '',
  };
  await publishFile(markPath(databasePath), { overwrite: true }, (draft) =>
    draft.writeFile(JSON.stringify(mark)),
  );
}

/** Takes the mark away; from then on the upgrade stands. */
export async function unmarkUpgrade(databasePath: string): Promise<void> {
  await rm(markPath(databasePath), { force: true });
  // Before the next write: a mark that came back after a loss of power would undo it.
  await syncDirectory(path.dirname(databasePath));
}

/**
 * Puts the copy back when an upgrade was cut off, so that it can begin anew.
 *
 * DuckDB may fail to replay the log of a schema change that was committed and not checkpointed, up
 * to ending the process: going on from there is not safe, and nothing was acknowledged since the
 * copy was made. Call while holding the lock, with the file closed.
 *
 * @returns whether a copy was put back
 */
export async function undoInterruptedUpgrade(databasePath: string): Promise<boolean> {
  const mark = await readMark(databasePath);
  if (mark === undefined) return false;
  const directory = path.dirname(databasePath);
  const backup = path.join(directory, mark.backup);
  // Without a copy it was put back already, or somebody took it: the log is what there is.
  const isUsable =
    (await inodeOf(backup)) !== undefined && (await inodeOf(databasePath)) === mark.inode;
  if (isUsable) {
    // The log first: beside the copy it would be mixed into it.
    await rm(`${databasePath}.wal`, { force: true });
    await syncDirectory(directory);
    await rename(backup, databasePath);
    await syncDirectory(directory);
  }
  await unmarkUpgrade(databasePath);
  return isUsable;
}

/** Whether an upgrade was cut off, or runs now. */
export async function isUpgradeMarked(databasePath: string): Promise<boolean> {
  return (await inodeOf(markPath(databasePath))) !== undefined;
}

function markPath(databasePath: string): string {
  return `${databasePath}.upgrading`;
}

async function readMark(databasePath: string): Promise<UpgradeMark | undefined> {
  let text: string;
  try {
    text = await readFile(markPath(databasePath), 'utf8');
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toPathError(reason, markPath(databasePath));
  }
  const { backup, inode } = JSON.parse(text) as UpgradeMark;
  // The name alone counts: a mark from elsewhere must not lead out of the directory.
  return { backup: path.basename(backup), inode };
}

async function inodeOf(file: string): Promise<string | undefined> {
  try {
    return String((await stat(file, { bigint: true })).ino);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
}
