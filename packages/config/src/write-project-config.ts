import { platform as currentPlatform } from 'node:os';
import { dirname } from 'node:path';
import { parseColonyId } from './colony-id.js';
import { ConfigError } from './errors.js';
import { isBaseDirectoryParent } from './find-project.js';
import { makeDirectory } from './make-directory.js';
import { projectConfigPath } from './paths.js';

export interface WriteProjectConfigOptions {
  /** Absolute; the directory that gets a `.coral`. */
  readonly projectDir: string;
  readonly colonyId: string;
  /** `storage.path` of the project; left alone when absent. */
  readonly storagePath?: string | undefined;
  readonly baseDir: string;
  readonly homeDir: string;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform | undefined;
}

export interface WriteProjectConfigResult {
  readonly file: string;
  /** Whether the file was made, rather than changed. */
  readonly created: boolean;
}

/**
 * Ties a directory to a colony: writes `colony_id` into its `.coral/config.yaml`.
 *
 * An existing file keeps its comments, order and other keys. The file holds no secrets (0644) and
 * may be committed.
 *
 * @throws {ConfigError} `CONFIG_PROJECT_INVALID` when the directory's `.coral` is the base
 *   directory, whose file of the same name is the global tier; or what is wrong in the file
 */
export async function writeProjectConfig(
  options: WriteProjectConfigOptions,
): Promise<WriteProjectConfigResult> {
  const { projectDir, storagePath } = options;
  const colonyId = parseColonyId(options.colonyId);
  if (await isBaseDirectoryParent(projectDir, options)) throw projectIsBase(projectDir);
  const file = projectConfigPath(projectDir);
  await makeDirectory(dirname(file), 0o755);
  const { editConfigFile } = await import('./edit-config-file.js');
  const created = await editConfigFile({
    file,
    tier: 'project',
    edits: [
      { path: ['colony_id'], value: colonyId },
      ...(storagePath === undefined ? [] : [{ path: ['storage', 'path'], value: storagePath }]),
    ],
    comment: 'Coral: which colony this project belongs to. Holds no secrets.',
    mode: 0o644,
    platform: options.platform ?? currentPlatform(),
  });
  return { file, created };
}

function projectIsBase(projectDir: string): ConfigError {
  return new ConfigError(
    'CONFIG_PROJECT_INVALID',
    `${projectDir} cannot be a project: its .coral is Coral's base directory. ` +
      'Run from the directory of your application.',
    { details: { file: projectDir } },
  );
}
