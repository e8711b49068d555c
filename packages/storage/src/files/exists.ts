import { stat } from 'node:fs/promises';

/** Whether something is there; by stat, since opening a live database file would drop the lock on it. */
export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw reason;
  }
}
