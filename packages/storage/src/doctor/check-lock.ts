import { readLock } from '../lifecycle/lock.js';
import type { Finding } from './finding.js';

/** Who has the file open, and whether the last owner closed it in order. */
export async function checkLock(databasePath: string): Promise<Finding> {
  const lock = await readLock(databasePath);
  if (lock === undefined) {
    return { check: 'lock', severity: 'ok', message: 'Nobody has the file open.' };
  }
  if (lock.isHeld) {
    return { check: 'lock', severity: 'ok', message: `Process ${lock.pid} has the file open.` };
  }
  return {
    check: 'lock',
    severity: 'warning',
    message: `Its last owner (process ${lock.pid}) did not close it. The next start recovers it.`,
    remedy: 'coral colony start',
  };
}
