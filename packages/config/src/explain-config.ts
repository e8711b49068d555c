import type { ConfigContext } from './base-directory.js';
import type { SettingSource } from './setting-source.js';

export interface ExplainConfigOptions extends ConfigContext {
  /** A setting (`storage.path`) or a section (`storage`). Default: everything. */
  readonly key?: string | undefined;
}

/** A value and who gives it. */
export interface ExplainedValue {
  /** As written, with its unit; `[redacted]` for secrets. */
  readonly value: string | number | boolean;
  readonly source: SettingSource;
}

/** One setting: what it is, where that comes from, and what it hides. */
export interface ExplainedSetting {
  readonly key: string;
  /** As written; paths absolute; `[redacted]` for secrets; `undefined` when nobody sets it. */
  readonly value: string | number | boolean | undefined;
  readonly source: SettingSource;
  /** Weaker tiers' values that do not count, strongest first. */
  readonly overrode: readonly ExplainedValue[];
}

/**
 * Each setting with its value, its source and what it overrode.
 *
 * Works without a colony too: `colony_id` then has no value, and its source's note says why.
 *
 * Shape: one row per setting, in the order of `docs/configuration.md`.
 *
 * @throws {ConfigError} `CONFIG_UNKNOWN_KEY` when `key` names neither a setting nor a section; and
 *   whatever is wrong in a file, a variable or a flag
 * @example
 * const [row] = await explainConfig({ cwd, env, homeDir, key: 'server.port' });
 * describeSource(row.source); // 'environment variable CORAL_PORT'
 */
export async function explainConfig(options: ExplainConfigOptions): Promise<ExplainedSetting[]> {
  const { loadTiers } = await import('./load-tiers.js');
  const { explainTiers } = await import('./explain-tiers.js');
  return explainTiers(await loadTiers(options), options);
}
