import { stat } from 'node:fs/promises';

/** Size of a file in bytes; 0 when it is not there. By stat: opening a live database drops its lock. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw reason;
  }
}
