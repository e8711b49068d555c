import { readFileSync } from 'node:fs';

/**
 * Tells whether a process exists and still does anything.
 *
 * A killed process whose parent is gone may stay in the table as a zombie, notably in containers
 * whose first process collects no children. On Linux that counts as not running.
 *
 * @example
 * await eventually(() => !isProcessRunning(pid));
 */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // It runs, as somebody else.
  }
  return process.platform !== 'linux' || !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // "pid (name) state …", where the name may hold anything, spaces and parentheses included.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return true; // Gone meanwhile.
    throw error;
  }
}
