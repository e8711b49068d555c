import { cleanEnv, spawnProcess, type ProcessHarness } from '@coral/testkit';
import { spawnSync } from 'node:child_process';

// A mount namespace of its own: what is mounted there is gone with its process, whatever happens.
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const mountIn = (directory: string, { mode = 'rw', size = '8m' }: DiskOptions = {}) =>
  `mount -t tmpfs -o size=${size},${mode} tmpfs '${directory}'`;

/** Whether this system lets a test mount a disk of its own. */
export const canMount =
  spawnSync('unshare', [...unshare, 'sh', '-c', mountIn('/mnt')]).status === 0;

export interface DiskOptions {
  readonly mode?: 'rw' | 'ro';
  /** As tmpfs takes it; default 8m. */
  readonly size?: string;
}

/** Starts a Node program that alone sees a small disk, in memory, mounted at `directory`. */
export function spawnOnSmallDisk(
  directory: string,
  [program, ...args]: readonly [string, ...string[]],
  options?: DiskOptions,
): Promise<ProcessHarness> {
  const mount = `${mountIn(directory, options)} && exec "$0" "$@"`;
  return spawnProcess({
    command: 'unshare',
    args: [...unshare, 'sh', '-c', mount, process.execPath, program, ...args],
    env: cleanEnv({ home: '/' }),
  });
}

/**
 * Runs such a program to its end, which must be a good one.
 *
 * @returns the lines that it printed, as JSON
 */
export async function runOnSmallDisk(
  directory: string,
  program: readonly [string, ...string[]],
  options?: DiskOptions,
): Promise<unknown[]> {
  const child = await spawnOnSmallDisk(directory, program, options);
  const { code, signal } = await child.waitForExit({ timeoutMs: 60_000 });
  if (code !== 0 || child.stderr !== '') {
    throw new Error(`ended with ${code ?? signal}: ${child.stderr}`);
  }
  const lines = child.stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}
