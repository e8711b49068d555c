import { readdir } from 'node:fs/promises';
import { isColonyId } from './colony-id.js';
import type { ColonyId } from './colony-id.js';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';
import { COLONY_FILE_SUFFIX, coloniesPath, colonyConfigPath } from './paths.js';

export interface ColonyListing {
  readonly colonyId: ColonyId;
  /** The colony's file. */
  readonly file: string;
}

export interface ListColoniesOptions {
  readonly baseDir: string;
}

/**
 * The colonies that have a file in the base directory.
 *
 * Only names are read, so a file that is broken or exposed is still listed.
 *
 * Shape: one per colony, by id; [] when there is none, or no base directory yet.
 *
 * @throws {ConfigError} `CONFIG_UNREADABLE`
 */
export async function listColonies({ baseDir }: ListColoniesOptions): Promise<ColonyListing[]> {
  const names = await fileNames(coloniesPath(baseDir));
  return names
    .filter((name) => name.endsWith(COLONY_FILE_SUFFIX))
    .map((name) => name.slice(0, -COLONY_FILE_SUFFIX.length))
    .filter(isColonyId)
    .sort()
    .map((colonyId) => ({ colonyId, file: colonyConfigPath(baseDir, colonyId) }));
}

async function fileNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (errnoCode(cause) === 'ENOENT') return [];
    throw new ConfigError(
      'CONFIG_UNREADABLE',
      `Cannot list ${directory}: ${errnoCode(cause) ?? String(cause)}. Check its permissions.`,
      { cause, details: { file: directory } },
    );
  }
}
