import { checkTier, tierError } from './check-tier.js';
import type { ColonyId } from './colony-id.js';
import { fileSettings } from './file-settings.js';
import type { SettingLayer } from './merge-tiers.js';
import { readConfigFile } from './read-config-file.js';
import type { FileTier } from './setting-source.js';
import { wireguardPublicKey } from './wireguard-keys.js';
import { parseYaml } from './yaml-source.js';
import type { YamlSource } from './yaml-source.js';

export interface ReadTierOptions {
  readonly tier: Exclude<FileTier, 'colony'>;
  readonly file: string;
  readonly platform: NodeJS.Platform;
}

/**
 * The settings of the project's or the global file; an empty layer when there is no such file.
 *
 * @throws {ConfigError} when the file cannot be read, or anything in it is wrong
 */
export async function readTier({ tier, file, platform }: ReadTierOptions): Promise<SettingLayer> {
  const text = await readConfigFile(file, { secret: false, platform });
  if (text === undefined) return new Map();
  const source = parseYaml(text, { file, secret: false });
  checkTier(source, tier);
  return fileSettings(source, tier);
}

export interface ReadColonyTierOptions {
  readonly colonyId: ColonyId;
  readonly file: string;
  readonly platform: NodeJS.Platform;
}

/**
 * The settings of a colony's file, secrets among them; `undefined` when there is no such file.
 *
 * @throws {ConfigError} `CONFIG_SECRET_EXPOSED` when others can read it; and as {@link readTier}
 */
export async function readColonyTier({
  colonyId,
  file,
  platform,
}: ReadColonyTierOptions): Promise<SettingLayer | undefined> {
  const text = await readConfigFile(file, { secret: true, platform });
  if (text === undefined) return undefined;
  const source = parseYaml(text, { file, secret: true });
  refuseContradictions(source, colonyId);
  return fileSettings(source, 'colony');
}

/** What a schema of single keys cannot say: keys that disagree with each other or the file's name. */
function refuseContradictions(source: YamlSource, colonyId: ColonyId): void {
  const document = checkTier(source, 'colony');
  if (document.colony_id !== undefined && document.colony_id !== colonyId) {
    throw contradiction(
      source,
      'colony_id',
      `colony_id ${document.colony_id} does not agree with the file's name; ` +
        'the name decides, so correct the one that is wrong',
    );
  }
  if (document.storage_path !== undefined && document.storage?.path !== undefined) {
    throw contradiction(
      source,
      'storage_path',
      'storage_path and storage.path are the same setting; keep one of them',
    );
  }
  const { private_key: privateKey, public_key: publicKey } = document.wireguard ?? {};
  if (privateKey !== undefined && publicKey !== undefined) {
    if (wireguardPublicKey(privateKey) === publicKey) return;
    throw contradiction(
      source,
      'wireguard.public_key',
      'wireguard.public_key does not belong to wireguard.private_key; ' +
        'leave it out and it is derived',
    );
  }
}

function contradiction(source: YamlSource, key: string, message: string) {
  const place = source.locate(key.split('.'));
  const problem = { code: 'CONFIG_INVALID_VALUE' as const, message, key, ...place };
  return tierError(source.file, [problem]);
}
