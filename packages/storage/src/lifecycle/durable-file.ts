import { constants } from 'node:fs';
import { copyFile, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Copies a file so that, whatever happens, `to` is either as before or whole: written beside it,
 * synchronised, renamed. Shares blocks where the file system can.
 *
 * Never for a database that is open in this process: closing a descriptor of it drops its lock.
 */
export async function copyDurably(from: string, to: string): Promise<void> {
  const draft = `${to}.partial`;
  try {
    await copyFile(from, draft, constants.COPYFILE_FICLONE);
    await publish(draft, to);
  } catch (reason) {
    await rm(draft, { force: true });
    throw reason;
  }
}

/** Writes a small file so that `to` is either as before or whole. */
export async function writeDurably(to: string, content: string): Promise<void> {
  const draft = `${to}.partial`;
  try {
    await writeFile(draft, content);
    await publish(draft, to);
  } catch (reason) {
    await rm(draft, { force: true });
    throw reason;
  }
}

/** Removes a file, and returns when it cannot come back. */
export async function removeDurably(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncDirectory(path.dirname(file));
}

/** Makes what was created, renamed and removed in a directory survive a loss of power. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // A directory cannot be opened there, and need not be.
  await synchronise(directory, 'r');
}

/** Gives a finished draft its name: when this returns, the file is there whole, also after a loss of power. */
export async function publish(draft: string, to: string): Promise<void> {
  await synchronise(draft, 'r+');
  await rename(draft, to);
  await syncDirectory(path.dirname(to));
}

async function synchronise(file: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
