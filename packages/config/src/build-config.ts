import { backupSettings } from './backup-settings.js';
import type { ConfigContext } from './base-directory.js';
import type { LoadedTiers } from './load-tiers.js';
import { mergedValue } from './merge-tiers.js';
import type { MergedSettings } from './merge-tiers.js';
import { parseDuration } from './parse-duration.js';
import { parseNames } from './parse-names.js';
import { parseSize } from './parse-size.js';
import { databasePath } from './paths.js';
import { present } from './present.js';
import type { ResolvedConfig } from './resolved-config.js';
import { retentionRules } from './retention-rules.js';
import { scrapeTargets } from './scrape-targets.js';
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
        memoryLimitBytes: bytes(merged, 'storage.memory_limit'),
        threads: mergedValue(merged, 'storage.threads'),
        maxSizeBytes: bytes(merged, 'storage.max_size'),
      }),
      migrate: required(merged, 'storage.migrate'),
      hotWindowMs: milliseconds(merged, 'storage.hot_window'),
      retention: retentionRules(merged),
      trashMs: milliseconds(merged, 'storage.trash'),
      minFreeDiskBytes: bytes(merged, 'storage.min_free_disk') ?? 0,
      maxSeries: required(merged, 'storage.max_series'),
      maxSeriesPerMetric: required(merged, 'storage.max_series_per_metric'),
      maxSpansPerHour: required(merged, 'storage.max_spans_per_hour'),
    },
    backup: backupSettings(merged, {
      storagePath: path,
      from: projectDir ?? context.cwd,
      homeDir: context.homeDir,
    }),
    server: {
      host: required(merged, 'server.host'),
      port: required(merged, 'server.port'),
      ...present({
        otlpHttpPort: openPort(required(merged, 'server.otlp_http_port')),
        otlpGrpcPort: openPort(required(merged, 'server.otlp_grpc_port')),
      }),
    },
    telemetry: {
      loopbackWithoutToken: required(merged, 'telemetry.loopback_without_token'),
      selfMetrics: required(merged, 'telemetry.self_metrics'),
      prometheus: {
        serviceLabels: names(required(merged, 'telemetry.prometheus.service_labels')),
        perInstance: names(required(merged, 'telemetry.prometheus.per_instance')),
      },
      stoppedAfterMs: milliseconds(merged, 'telemetry.stopped_after'),
      acceptLateMs: milliseconds(merged, 'telemetry.accept_late'),
    },
    scrape: scrapeTargets(merged, { from: projectDir ?? context.cwd, homeDir: context.homeDir }),
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

function names(text: string): string[] {
  return text === 'none' ? [] : (parseNames(text) ?? []);
}

/** Undefined for a port that is switched off. */
function openPort(port: number | false): number | undefined {
  return port === false || port === 0 ? undefined : port;
}

function bytes(
  merged: MergedSettings,
  key: 'storage.memory_limit' | 'storage.max_size' | 'storage.min_free_disk',
): number | undefined {
  const text = mergedValue(merged, key);
  return text === undefined ? undefined : parseSize(text);
}

function milliseconds(
  merged: MergedSettings,
  key: 'storage.hot_window' | 'storage.trash' | 'telemetry.stopped_after' | 'telemetry.accept_late',
): number {
  return parseDuration(required(merged, key)) ?? 0;
}

/** Settings with a default, and those the colony's schema requires, are always there. */
function required<K extends SettingKey>(merged: MergedSettings, key: K): SettingValues[K] {
  const value = mergedValue(merged, key);
  if (value === undefined) throw new TypeError(`${key} has neither a value nor a default`);
  return value;
}
