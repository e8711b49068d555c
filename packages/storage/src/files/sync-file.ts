import { open } from 'node:fs/promises';

/** Brings what was written to a file to the disk, whoever wrote it. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
