import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';
import { CORAL_DIRECTORY, projectConfigPath } from './paths.js';

export interface FindProjectOptions {
  readonly cwd: string;
  readonly baseDir: string;
  readonly homeDir: string;
}

/**
 * The nearest directory, from the working directory upwards, that has a `.coral/config.yaml`.
 *
 * Neither the base directory nor `~/.coral` counts: the same file name there is the global tier. A
 * `.coral` without the file is passed over, because an unconfigured colony keeps its data in one.
 *
 * @throws {ConfigError} `CONFIG_UNREADABLE` when a directory on the way may not be looked into
 */
export async function findProject(options: FindProjectOptions): Promise<string | undefined> {
  const bases = await baseDirectories(options);
  for (let directory = options.cwd; ; directory = dirname(directory)) {
    if (await isProject(directory, bases)) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

/** Whether a directory's `.coral` is the base directory, and so cannot be a project's. */
export async function isBaseDirectoryParent(
  directory: string,
  options: Omit<FindProjectOptions, 'cwd'>,
): Promise<boolean> {
  const bases = await baseDirectories(options);
  return bases.has(await real(join(directory, CORAL_DIRECTORY)));
}

async function isProject(directory: string, bases: ReadonlySet<string>): Promise<boolean> {
  const file = projectConfigPath(directory);
  try {
    await stat(file);
  } catch (cause) {
    // ENOTDIR: a file named .coral, which is somebody else's.
    if (['ENOENT', 'ENOTDIR'].includes(errnoCode(cause) ?? '')) return false;
    throw new ConfigError(
      'CONFIG_UNREADABLE',
      `Cannot look for ${file}: ${errnoCode(cause) ?? String(cause)}. ` +
        'Check the permissions of its directory, or run from another one.',
      { cause, details: { file } },
    );
  }
  return !bases.has(await real(join(directory, CORAL_DIRECTORY)));
}

async function baseDirectories({
  baseDir,
  homeDir,
}: Omit<FindProjectOptions, 'cwd'>): Promise<Set<string>> {
  return new Set([await real(baseDir), await real(join(homeDir, CORAL_DIRECTORY))]);
}

/** Symbolic links resolved, so that one directory has one name; as given when it does not exist. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (reason) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoCode(reason) ?? '')) return path;
    throw new ConfigError('CONFIG_UNREADABLE', `Cannot resolve ${path}: ${errnoCode(reason)}.`, {
      cause: reason,
      details: { file: path },
    });
  }
}
