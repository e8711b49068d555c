import { rename } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './sync-directory.js';
import { syncFile } from './sync-file.js';

/** Gives a finished draft its name: when this returns, the file is there whole, also after a loss of power. */
export async function publishDraft(draft: string, to: string): Promise<void> {
  await syncFile(draft);
  await rename(draft, to);
  await syncDirectory(path.dirname(to));
}
