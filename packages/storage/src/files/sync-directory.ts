import { open } from 'node:fs/promises';

/** Brings the names in a directory to the disk: after this a rename survives a loss of power. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
