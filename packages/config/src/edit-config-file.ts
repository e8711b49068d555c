import { checkTier } from './check-tier.js';
import { editYaml } from './edit-yaml.js';
import type { YamlEdit } from './edit-yaml.js';
import { readConfigFile } from './read-config-file.js';
import type { FileTier } from './setting-source.js';
import { writeFileAtomic } from './write-file-atomic.js';
import { parseYaml } from './yaml-source.js';

export interface EditConfigFileOptions {
  readonly file: string;
  readonly tier: Exclude<FileTier, 'colony'>;
  readonly edits: readonly YamlEdit[];
  /** First line of a new file. */
  readonly comment: string;
  /** Mode of a new file. */
  readonly mode: number;
  readonly platform: NodeJS.Platform;
}

/**
 * Sets values in a configuration file, or makes the file.
 *
 * A file that is wrong is left as it is, and so is one that the edit would make wrong.
 *
 * Shape: whether the file was made.
 *
 * @throws {ConfigError} what is wrong in the file; `CONFIG_INVALID_VALUE` for a wrong new value;
 *   `CONFIG_UNWRITABLE`
 */
export async function editConfigFile(options: EditConfigFileOptions): Promise<boolean> {
  const { file, tier, edits, comment, mode, platform } = options;
  const text = await readConfigFile(file, { secret: false, platform });
  if (text !== undefined) checkTier(parseYaml(text, { file, secret: false }), tier);
  const edited = editYaml(text, edits, comment);
  checkTier(parseYaml(edited, { file, secret: false }), tier);
  if (edited !== text) await writeFileAtomic(file, edited, { mode });
  return text === undefined;
}
