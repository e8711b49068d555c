import { Document } from 'yaml';
import { checkTier } from './check-tier.js';
import type { ColonyId } from './colony-id.js';
import type { WireguardKeys } from './wireguard-keys.js';
import { parseYaml } from './yaml-source.js';

export interface ColonyDocumentOptions {
  readonly colonyId: ColonyId;
  readonly applicationName: string;
  readonly environment: string;
  readonly colonySecret: string;
  readonly wireguard: WireguardKeys;
  readonly storagePath: string;
  readonly development: boolean;
}

/**
 * The text of a new colony's file.
 *
 * It is read back with the colony's schema before anyone writes it: a file that we would refuse
 * tomorrow is refused today.
 *
 * @throws {ConfigError} `CONFIG_INVALID_VALUE`
 */
export function colonyDocument(options: ColonyDocumentOptions): string {
  const document = new Document({
    colony_id: options.colonyId,
    application_name: options.applicationName,
    environment: options.environment,
    colony_secret: options.colonySecret,
    wireguard: {
      private_key: options.wireguard.privateKey,
      public_key: options.wireguard.publicKey,
    },
    storage_path: options.storagePath,
    ...(options.development ? { telemetry: { loopback_without_token: true } } : {}),
  });
  document.commentBefore =
    ' Identity and secrets of one Coral colony. Keep this file to yourself (mode 0600).';
  const text = document.toString({ lineWidth: 0 });
  checkTier(parseYaml(text, { file: `${options.colonyId}.yaml`, secret: true }), 'colony');
  return text;
}
