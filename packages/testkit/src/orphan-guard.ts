import { spawn } from 'node:child_process';

/**
 * Has a process killed when this one dies before it calls the returned function, even by SIGKILL
 * or a crash in native code, where no hook of a test runner gets to run.
 *
 * A shell waits on a pipe that only this process holds open. The system closes the pipe with the
 * process, the shell's `read` fails, and the shell kills. Windows has no such shell; there only
 * the runner's hooks clean up.
 *
 * @param target process id, or its negative for a process group
 * @internal
 */
export function guardAgainstOrphan(target: number): () => void {
  if (process.platform === 'win32') return () => {};
  const guard = spawn(
    'sh',
    ['-c', 'read -r released || kill -s KILL -- "$1"', 'sh', String(target)],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // Ctrl-C at the terminal must not end the guard before the guarded.
    },
  );
  guard.once('error', (error) => {
    process.stderr.write(`testkit: process ${target} goes unguarded: ${error.message}\n`);
  });
  // The guard may be gone already when it is released: someone killed it. Nothing is left to do.
  guard.stdin.on('error', () => {});
  guard.unref();
  (guard.stdin as typeof guard.stdin & { unref?(): void }).unref?.();
  return () => guard.stdin.end('released\n');
}
