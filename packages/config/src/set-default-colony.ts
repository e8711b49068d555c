import { platform as currentPlatform } from 'node:os';
import { parseColonyId } from './colony-id.js';
import { listColonies } from './list-colonies.js';
import { makeDirectory } from './make-directory.js';
import { colonyConfigPath, globalConfigPath } from './paths.js';
import { unknownColony } from './unknown-colony.js';

export interface SetDefaultColonyOptions {
  readonly baseDir: string;
  readonly colonyId: string;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform | undefined;
}

export interface SetDefaultColonyResult {
  /** The global file. */
  readonly file: string;
}

/**
 * Makes a colony the one that is meant when nothing nearer names another: `default_colony` of the
 * global file. The file's comments, order and other keys stay as they are.
 *
 * @throws {ConfigError} `CONFIG_COLONY_UNKNOWN` when the colony has no file, or what is wrong in
 *   the global file, which is then left alone
 */
export async function setDefaultColony(
  options: SetDefaultColonyOptions,
): Promise<SetDefaultColonyResult> {
  const { baseDir } = options;
  const colonyId = parseColonyId(options.colonyId);
  const known = (await listColonies({ baseDir })).map((colony) => colony.colonyId);
  if (!known.includes(colonyId)) {
    throw unknownColony({ colonyId, file: colonyConfigPath(baseDir, colonyId), known });
  }
  const file = globalConfigPath(baseDir);
  await makeDirectory(baseDir, 0o700);
  const { editConfigFile } = await import('./edit-config-file.js');
  await editConfigFile({
    file,
    tier: 'global',
    edits: [{ path: ['default_colony'], value: colonyId }],
    comment: "Coral's settings for every colony of this user.",
    mode: 0o600,
    platform: options.platform ?? currentPlatform(),
  });
  return { file };
}
