import { open } from 'node:fs/promises';
import { toPathError } from '../lifecycle/path-error.js';

/**
 * Makes a file of parts, however many: one write of libuv, which keeps to what the system takes at once.
 *
 * @param file made 0600, or written over
 * @throws {StorageError} `STORAGE_DISK_FULL`, `STORAGE_PATH_…`; the file may be there then, in part
 */
export async function writeParts(file: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      const { bytesWritten } = await handle.writev(parts);
      // Less than that says that the disk is full, and only writing the rest says it as an error.
      if (bytesWritten < size) await handle.writeFile(Buffer.concat(parts).subarray(bytesWritten));
    } finally {
      await handle.close();
    }
  } catch (reason) {
    throw toPathError(reason, file);
  }
}
