import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './sync-directory.js';

/** Gives a finished draft its name: when this returns, the file is there whole, also after a loss of power. */
export async function publishDraft(draft: string, to: string): Promise<void> {
  const handle = await open(draft, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, to);
  await syncDirectory(path.dirname(to));
}
