// The configuration that holds here and now.
export { resolveConfig } from './resolve-config.js';
export { explainConfig } from './explain-config.js';
export { resolveBaseDir } from './resolve-base-dir.js';
export { describeSource } from './setting-source.js';
export type { ConfigContext } from './base-directory.js';
export type { ConfigFlags } from './flag-overrides.js';
export type { Environment } from './env-overrides.js';
export type { LogLevel, ResolvedConfig } from './resolved-config.js';
export type { BackupSettings } from './backup-settings.js';
export type { BackupSchedule } from './parse-backup-schedule.js';
export type { KeptBackups } from './parse-kept-backups.js';
export type { RetentionRule } from './retention-rules.js';
export type { ScrapeTarget } from './scrape-targets.js';
export type { ExplainConfigOptions, ExplainedSetting, ExplainedValue } from './explain-config.js';
export type { FileTier, SettingSource } from './setting-source.js';

// Colonies and projects.
export { createColony } from './create-colony.js';
export { listColonies } from './list-colonies.js';
export { colonyConfigPath } from './paths.js';
export { setDefaultColony } from './set-default-colony.js';
export { writeProjectConfig } from './write-project-config.js';
export type { CreateColonyOptions, CreateColonyResult } from './create-colony.js';
export type { ColonyListing, ListColoniesOptions } from './list-colonies.js';
export type { SetDefaultColonyOptions, SetDefaultColonyResult } from './set-default-colony.js';
export type {
  WriteProjectConfigOptions,
  WriteProjectConfigResult,
} from './write-project-config.js';

// Ids and secrets.
export { MAX_COLONY_ID_LENGTH, createColonyId, isColonyId, parseColonyId } from './colony-id.js';
export { apiToken } from './api-token.js';
export { Secret } from './secret.js';
export type { ColonyId, CreateColonyIdOptions } from './colony-id.js';
export type { RandomBytes } from './random-bytes.js';

// Errors.
export { CONFIG_ERROR_CODES, ConfigError, isConfigError } from './errors.js';
export type {
  ConfigErrorCode,
  ConfigErrorDetails,
  ConfigErrorOptions,
  ConfigProblem,
} from './errors.js';
