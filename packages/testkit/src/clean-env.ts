import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';

// What a process needs to find programs and temporary files, on any system.
const INHERITED = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'PATHEXT', 'ComSpec'];

export interface CleanEnvOptions {
  /** Absolute path that becomes the child's home directory; usually an empty temporary one. */
  readonly home: string;
  /** Variables to add. */
  readonly set?: Readonly<Record<string, string>>;
}

/**
 * Builds an environment in which nothing of the developer's own is left: no `CORAL_…` or `XDG_…`
 * variables, no `NODE_OPTIONS`, and a home directory of the test's choice, so that a test neither
 * reads nor writes the real `~/.coral`.
 *
 * Kept are `PATH`, the place of temporary files, and what Windows needs to start a program.
 *
 * @throws {RangeError} when `home` is relative, or is the real home directory
 * @example
 * const env = cleanEnv({ home: dir.path, set: { CORAL_PORT: '0' } });
 */
export function cleanEnv(options: CleanEnvOptions): Record<string, string> {
  const { home } = options;
  if (!isAbsolute(home)) throw new RangeError(`A home directory is an absolute path, not ${home}`);
  if (resolve(home) === resolve(homedir())) {
    throw new RangeError(`${home} is the real home directory; tests stay out of it.`);
  }
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { ...env, HOME: home, USERPROFILE: home, LANG: 'C.UTF-8', ...options.set };
}
