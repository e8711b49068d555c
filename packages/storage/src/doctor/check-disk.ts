import path from 'node:path';
import { roomFor } from '../files/require-room.js';
import type { Finding } from './finding.js';

/** Below this a checkpoint may meet a full disk, which costs the instance. bytes */
const dangerBytes = 64 * 1024 ** 2;

/** Whether writes have room, and whether a copy of the file has, which backup and upgrade need. */
export async function checkDisk(databasePath: string): Promise<Finding> {
  const { neededBytes, freeBytes } = await roomFor(path.dirname(databasePath), databasePath);
  const free = `${megabytes(freeBytes)} are free`;
  if (freeBytes < dangerBytes) {
    return {
      check: 'disk',
      severity: 'error',
      message: `${free}: writes will be refused soon.`,
      remedy: 'coral colony retention plan',
    };
  }
  if (freeBytes < neededBytes) {
    return {
      check: 'disk',
      severity: 'warning',
      message: `${free}, and a copy of the file needs ${megabytes(neededBytes)}: no backup or upgrade can be made.`,
      remedy: 'coral colony retention plan',
    };
  }
  return { check: 'disk', severity: 'ok', message: `${free}.` };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
