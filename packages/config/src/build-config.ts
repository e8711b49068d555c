import type { ConfigContext } from './base-directory.js';
import type { LoadedTiers } from './load-tiers.js';
import { mergedValue } from './merge-tiers.js';
import type { MergedSettings } from './merge-tiers.js';
import { parseSize } from './parse-size.js';
import { databasePath } from './paths.js';
import type { ResolvedConfig } from './resolved-config.js';
import { Secret } from './secret.js';
import type { SettingKey, SettingValues } from './settings.js';
import { storagePath } from './storage-path.js';
import { wireguardPublicKey } from './wireguard-keys.js';

/**
 * Turns merged settings into what a program works with: absolute paths, bytes, wrapped secrets.
 *
 * @throws {ConfigError} `CONFIG_NO_COLONY` or `CONFIG_COLONY_AMBIGUOUS`
 */
export function buildConfig(tiers: LoadedTiers, context: ConfigContext): ResolvedConfig {
  const { baseDir, projectDir, choice, merged, warnings } = tiers;
  if (choice.kind === 'none') throw choice.error;
  const path = storagePath(merged, { ...context, projectDir });
  const otlpHttpPort = required(merged, 'server.otlp_http_port');
  const memoryLimit = mergedValue(merged, 'storage.memory_limit');
  return {
    baseDir,
    ...present({ projectDir }),
    colonyId: choice.colonyId,
    ...present({
      applicationName: mergedValue(merged, 'application_name'),
      environment: mergedValue(merged, 'environment'),
      wireguard: wireguard(merged),
    }),
    colonySecret: new Secret(required(merged, 'colony_secret')),
    storage: {
      path,
      databasePath: databasePath(path, choice.colonyId),
      ...present({
        memoryLimitBytes: memoryLimit === undefined ? undefined : parseSize(memoryLimit),
        threads: mergedValue(merged, 'storage.threads'),
      }),
    },
    server: {
      host: required(merged, 'server.host'),
      port: required(merged, 'server.port'),
      ...(otlpHttpPort === false || otlpHttpPort === 0 ? {} : { otlpHttpPort }),
    },
    telemetry: {
      loopbackWithoutToken: required(merged, 'telemetry.loopback_without_token'),
      selfMetrics: required(merged, 'telemetry.self_metrics'),
    },
    log: { level: required(merged, 'log.level') },
    discovery: present({ endpoint: mergedValue(merged, 'discovery.endpoint') }),
    ai: present({ provider: mergedValue(merged, 'ai.provider') }),
    warnings,
  };
}

function wireguard(merged: MergedSettings): ResolvedConfig['wireguard'] | undefined {
  const privateKey = mergedValue(merged, 'wireguard.private_key');
  if (privateKey === undefined) return undefined;
  const publicKey = mergedValue(merged, 'wireguard.public_key') ?? wireguardPublicKey(privateKey);
  return { privateKey: new Secret(privateKey), publicKey };
}

/** Settings with a default, and those the colony's schema requires, are always there. */
function required<K extends SettingKey>(merged: MergedSettings, key: K): SettingValues[K] {
  const value = mergedValue(merged, key);
  if (value === undefined) throw new TypeError(`${key} has neither a value nor a default`);
  return value;
}

/** The properties that are there; absent ones are left out rather than set to undefined. */
function present<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
