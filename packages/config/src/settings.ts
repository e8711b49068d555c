import type * as z from 'zod/mini';
import * as retention from './schema/retention.js';
import * as scrape from './schema/scrape.js';
import * as value from './schema/values.js';
import type { FileTier } from './setting-source.js';

/** How text from the environment or the command line becomes a value of the schema's type. */
export type TextForm = 'text' | 'number' | 'boolean' | 'number-or-off';

/** What a setting can be; mappings and lists stand in files alone, and are decided as a whole. */
export type SettingValue =
  | string
  | number
  | boolean
  | Readonly<Record<string, unknown>>
  | readonly Readonly<Record<string, unknown>>[];

interface SettingDefinition {
  readonly schema: z.core.$ZodType<SettingValue>;
  /** The end of a sentence "… must be". */
  readonly expects: string;
  readonly form: TextForm;
  /** Files it may stand in. */
  readonly tiers: readonly FileTier[];
  readonly variable?: string;
  /** Property of `ConfigFlags`. */
  readonly flag?: string;
  readonly default?: SettingValue;
  readonly secret?: true;
}

const ANY_FILE = ['project', 'colony', 'global'] as const;
const COLONY_FILE = ['colony'] as const;

const KEEP = 'a duration of at least 1h such as 30d, or forever';

const keptFor = <const Default extends string>(fallback: Default) =>
  ({
    schema: retention.keep,
    expects: KEEP,
    form: 'text',
    tiers: ANY_FILE,
    default: fallback,
  }) as const;

/**
 * Every setting, in the order in which they are explained. `docs/configuration.md` documents each.
 *
 * Identity and secrets live in the colony's file and nowhere else: flags are visible in the process
 * list, and the environment is inherited by every child.
 */
export const SETTINGS = {
  base_dir: {
    schema: value.directory,
    expects: 'the path of a directory',
    form: 'text',
    tiers: [],
    variable: 'CORAL_CONFIG',
    flag: 'config',
    default: '~/.coral',
  },
  colony_id: {
    schema: value.colonyId,
    expects: 'a colony id such as my-shop-production-0977e1',
    form: 'text',
    tiers: ['project', 'global'],
    variable: 'CORAL_COLONY_ID',
    flag: 'colony',
  },
  application_name: {
    schema: value.name,
    expects: 'text of 1 to 200 characters in one line',
    form: 'text',
    tiers: COLONY_FILE,
  },
  environment: {
    schema: value.name,
    expects: 'text of 1 to 200 characters in one line',
    form: 'text',
    tiers: COLONY_FILE,
  },
  colony_secret: {
    schema: value.secret,
    expects: 'text of at least 16 characters (quote it when it is all digits)',
    form: 'text',
    tiers: COLONY_FILE,
    secret: true,
  },
  'wireguard.private_key': {
    schema: value.wireguardKey,
    expects: 'a WireGuard key: base64 of 32 bytes',
    form: 'text',
    tiers: COLONY_FILE,
    secret: true,
  },
  'wireguard.public_key': {
    schema: value.wireguardKey,
    expects: 'a WireGuard key: base64 of 32 bytes',
    form: 'text',
    tiers: COLONY_FILE,
  },
  'storage.path': {
    schema: value.directory,
    expects: 'the path of a directory',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_STORAGE_PATH',
    flag: 'storagePath',
    default: '.coral',
  },
  'storage.memory_limit': {
    schema: value.memoryLimit,
    expects: 'a size of at least 32MiB with its unit, such as 512MB or 2GiB',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_MEMORY_LIMIT',
    flag: 'memoryLimit',
  },
  'storage.threads': {
    schema: value.threads,
    expects: 'a whole number from 1 to 1024',
    form: 'number',
    tiers: ANY_FILE,
    variable: 'CORAL_THREADS',
    flag: 'threads',
  },
  'storage.migrate': {
    schema: value.flag,
    expects: 'true or false',
    form: 'boolean',
    tiers: ANY_FILE,
    variable: 'CORAL_MIGRATE',
    flag: 'migrate',
    default: true,
  },
  'storage.hot_window': {
    schema: value.hotWindow,
    expects: 'a duration of at least 6h with its unit, such as 24h',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_HOT_WINDOW',
    default: '24h',
  },
  'storage.retention.metric_summaries': {
    schema: retention.keepByInterval,
    expects: `${KEEP}, or a mapping of such by interval (${retention.intervals.join(', ')})`,
    form: 'text',
    tiers: ANY_FILE,
    default: { '5m': '30d', '15m': '90d', '1h': '180d', '1d': '2y' },
  },
  'storage.retention.events': keptFor('90d'),
  'storage.retention.insights': keptFor('7d'),
  'storage.retention.service_connections': keptFor('forever'),
  'storage.retention.baselines': keptFor('forever'),
  'storage.retention.services': keptFor('forever'),
  'storage.retention.rules': {
    schema: retention.rules,
    expects: 'a list of at most 100 rules, each with table and keep',
    form: 'text',
    tiers: ANY_FILE,
  },
  'storage.trash': {
    schema: value.duration,
    expects: 'a duration with its unit, such as 7d; 0d for none',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_TRASH',
    default: '7d',
  },
  'storage.max_size': {
    schema: value.maxSize,
    expects: 'a size of at least 16MiB with its unit, such as 2GB',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_MAX_SIZE',
  },
  'storage.min_free_disk': {
    schema: value.size,
    expects: 'a size with its unit, such as 256MB; 0B for none',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_MIN_FREE_DISK',
    default: '256MB',
  },
  'storage.max_series': {
    schema: value.seriesLimit,
    expects: 'a whole number up to 100000000; 0 for no limit',
    form: 'number',
    tiers: ANY_FILE,
    variable: 'CORAL_MAX_SERIES',
    default: 1_000_000,
  },
  'storage.max_series_per_metric': {
    schema: value.seriesLimit,
    expects: 'a whole number up to 100000000; 0 for no limit',
    form: 'number',
    tiers: ANY_FILE,
    variable: 'CORAL_MAX_SERIES_PER_METRIC',
    default: 200_000,
  },
  'storage.max_spans_per_hour': {
    schema: value.spanLimit,
    expects: 'a whole number up to 1000000000; 0 for no limit',
    form: 'number',
    tiers: ANY_FILE,
    variable: 'CORAL_MAX_SPANS_PER_HOUR',
    default: 10_000_000,
  },
  'backup.schedule': {
    schema: value.backupSchedule,
    expects: 'a duration of at least 1m such as 24h, or a time of day in UTC such as daily 02:00',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_BACKUP_SCHEDULE',
  },
  'backup.directory': {
    schema: value.directory,
    expects: 'the path of a directory',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_BACKUP_DIRECTORY',
  },
  'backup.keep': {
    schema: value.keptBackups,
    expects: 'numbers of backups such as 7 daily, 4 weekly',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_BACKUP_KEEP',
    default: '7 daily, 4 weekly',
  },
  'backup.key_file': {
    schema: value.directory,
    expects: 'the path of a file',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_BACKUP_KEY_FILE',
  },
  'server.host': {
    schema: value.host,
    expects: 'an IP address or a host name',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_HOST',
    flag: 'host',
    default: '127.0.0.1',
  },
  'server.port': {
    schema: value.port,
    expects: 'a port number from 0 to 65535',
    form: 'number',
    tiers: ANY_FILE,
    variable: 'CORAL_PORT',
    flag: 'port',
    default: 9000,
  },
  'server.otlp_http_port': {
    schema: value.portOrOff,
    expects: 'a port number from 1 to 65535, or 0 or false for none',
    form: 'number-or-off',
    tiers: ANY_FILE,
    variable: 'CORAL_OTLP_HTTP_PORT',
    flag: 'otlpHttpPort',
    default: 4318,
  },
  'server.otlp_grpc_port': {
    schema: value.portOrOff,
    expects: 'a port number from 1 to 65535, or 0 or false for none',
    form: 'number-or-off',
    tiers: ANY_FILE,
    variable: 'CORAL_OTLP_GRPC_PORT',
    flag: 'otlpGrpcPort',
    default: 4317,
  },
  'telemetry.loopback_without_token': {
    schema: value.flag,
    expects: 'true or false',
    form: 'boolean',
    tiers: ANY_FILE,
    variable: 'CORAL_LOOPBACK_WITHOUT_TOKEN',
    flag: 'loopbackWithoutToken',
    default: false,
  },
  'telemetry.self_metrics': {
    schema: value.flag,
    expects: 'true or false',
    form: 'boolean',
    tiers: ANY_FILE,
    variable: 'CORAL_SELF_METRICS',
    flag: 'selfMetrics',
    default: true,
  },
  'telemetry.prometheus.service_labels': {
    schema: value.labelNames,
    expects: 'names of labels such as service_name, job',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_PROMETHEUS_SERVICE_LABELS',
    default: 'service_name, service, job',
  },
  'telemetry.prometheus.per_instance': {
    schema: value.serviceNames,
    expects: 'names of services such as node, node-exporter, or none',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_PROMETHEUS_PER_INSTANCE',
    default: 'node, node-exporter, node_exporter, windows-exporter, windows_exporter',
  },
  'telemetry.stopped_after': {
    schema: value.silence,
    expects: 'a duration of at least 1s with its unit, such as 5m',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_STOPPED_AFTER',
    default: '5m',
  },
  'telemetry.accept_late': {
    schema: value.lateness,
    expects: 'a duration from 1m to 7d with its unit, such as 2h',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_ACCEPT_LATE',
    default: '1h',
  },
  scrape: {
    schema: scrape.jobs,
    expects: 'a list of at most 100 jobs, each with job and targets, and no target twice',
    form: 'text',
    tiers: ANY_FILE,
  },
  'log.level': {
    schema: value.logLevel,
    expects: 'one of trace, debug, info, warn, error, fatal and silent',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_LOG_LEVEL',
    flag: 'logLevel',
    default: 'info',
  },
  'discovery.endpoint': {
    schema: value.endpoint,
    expects: 'an http or https address without user and password',
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_DISCOVERY_ENDPOINT',
    flag: 'discoveryEndpoint',
  },
  'ai.provider': {
    schema: value.provider,
    expects: "a provider's name in lower case, such as anthropic",
    form: 'text',
    tiers: ANY_FILE,
    variable: 'CORAL_AI_PROVIDER',
    flag: 'aiProvider',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingKey = keyof typeof SETTINGS;

/** The type of each setting's value, as written (sizes with their unit, paths unresolved). */
export type SettingValues = { [K in SettingKey]: z.infer<(typeof SETTINGS)[K]['schema']> };

/** A setting with the optional parts of its definition visible. */
export function settingDefinition(key: SettingKey): SettingDefinition {
  return SETTINGS[key];
}

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

/** Keys of the files that spell a setting differently from its own name. */
const KEY_OF_FILE_KEY: Readonly<Record<string, SettingKey>> = {
  default_colony: 'colony_id',
  storage_path: 'storage.path',
};

/** The setting that a key of a file sets, e.g. `storage.path` for the colony file's `storage_path`. */
export function settingKeyOf(fileKey: string): SettingKey | undefined {
  if (Object.hasOwn(KEY_OF_FILE_KEY, fileKey)) return KEY_OF_FILE_KEY[fileKey];
  return isSettingKey(fileKey) ? fileKey : undefined;
}
