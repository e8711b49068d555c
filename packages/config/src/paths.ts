import { join } from 'node:path';
import type { ColonyId } from './colony-id.js';

/** Name of the directory in a home, and in a project. */
export const CORAL_DIRECTORY = '.coral';
const CONFIG_FILE = 'config.yaml';
export const COLONY_FILE_SUFFIX = '.yaml';

/** `<base>/config.yaml`: the global tier. */
export function globalConfigPath(baseDir: string): string {
  return join(baseDir, CONFIG_FILE);
}

/** `<base>/colonies`: a file per colony, 0700. */
export function coloniesPath(baseDir: string): string {
  return join(baseDir, 'colonies');
}

/** The colony's file, `<base>/colonies/<id>.yaml`, 0600. The id's type keeps it in that directory. */
export function colonyConfigPath(baseDir: string, colonyId: ColonyId): string {
  return join(coloniesPath(baseDir), `${colonyId}${COLONY_FILE_SUFFIX}`);
}

/** `<project>/.coral/config.yaml`: the project tier. */
export function projectConfigPath(projectDir: string): string {
  return join(projectDir, CORAL_DIRECTORY, CONFIG_FILE);
}

/** `<storage path>/<id>.duckdb`, the file that is the colony's whole memory (RFD 010). */
export function databasePath(storagePath: string, colonyId: ColonyId): string {
  return join(storagePath, `${colonyId}.duckdb`);
}
