import { readFile } from 'node:fs/promises';
import type { ProcessPort } from '../io.js';

/**
 * When a process started, as an opaque text that differs between two processes of the same id.
 *
 * A process id alone proves nothing: it is given out again after the process died. Together with
 * the start it names one process until the next boot, and the boot is part of it where the
 * system tells.
 *
 * Shape: undefined when there is no such process, or the system does not tell its start.
 * Source: proc_pid_stat(5), field 22, in clock ticks since boot; `ps -o lstart=` elsewhere.
 */
export async function processStart(pid: number, platform: string): Promise<string | undefined> {
  return platform === 'linux' ? await linuxStart(pid) : await psStart(pid, platform);
}

/** Whether a process with this id exists, whatever it is. */
export function processExists(pid: number, processPort: ProcessPort): boolean {
  try {
    processPort.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field is the program's name in parentheses and may hold anything, also spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    // A zombie has ended; only its parent has not looked yet.
    return state === 'Z' || startTicks === undefined ? undefined : `${bootId.trim()}/${startTicks}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function psStart(pid: number, platform: string): Promise<string | undefined> {
  if (platform === 'win32') return undefined;
  // Loaded here: it costs more than all else in this file, and Linux never needs it.
  const [{ execFile }, { promisify }] = await Promise.all([
    import('node:child_process'),
    import('node:util'),
  ]);
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch (error) {
    // `ps` exits 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}
