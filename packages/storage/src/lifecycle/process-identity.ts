import { readFileSync } from 'node:fs';

/** Which process, and which life of its pid: pids are reused, start times are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system tells it; '' where it tells none. Only compared, never parsed. */
  readonly startedAt: string;
}

export function currentProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startTime(process.pid) };
}

/** Whether that very process is still alive, not merely some process under its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (reason) {
    // EPERM: alive, but somebody else's.
    if ((reason as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTime(identity.pid);
  return now === '' || identity.startedAt === '' || now === identity.startedAt;
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot; a zombie counts as gone. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? '');
  } catch {
    return ''; // No /proc on this system: the pid alone has to do.
  }
}
