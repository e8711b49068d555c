import { ConfigError } from './errors.js';
import type { ExplainConfigOptions, ExplainedSetting, ExplainedValue } from './explain-config.js';
import type { LoadedTiers } from './load-tiers.js';
import type { SettingCandidate } from './merge-tiers.js';
import { inOneLine } from './in-one-line.js';
import { quote } from './quote.js';
import { SETTING_KEYS, settingDefinition } from './settings.js';
import type { SettingKey } from './settings.js';
import { storagePath } from './storage-path.js';
import { suggest } from './suggest.js';

/** The rows of `explainConfig` from tiers that are already read. */
export function explainTiers(
  tiers: LoadedTiers,
  options: ExplainConfigOptions,
): ExplainedSetting[] {
  return selectKeys(options.key).map((key) => explain(key, tiers, options));
}

function selectKeys(wanted: string | undefined): readonly SettingKey[] {
  if (wanted === undefined) return SETTING_KEYS;
  const keys = SETTING_KEYS.filter((key) => key === wanted || key.startsWith(`${wanted}.`));
  if (keys.length > 0) return keys;
  const suggestion = suggest(wanted, SETTING_KEYS);
  throw new ConfigError(
    'CONFIG_UNKNOWN_KEY',
    `There is no setting ${quote(wanted)}. ` +
      (suggestion === undefined
        ? `Settings: ${SETTING_KEYS.join(', ')}.`
        : `Did you mean ${suggestion}?`),
    { details: { key: wanted, ...(suggestion === undefined ? {} : { suggestion }) } },
  );
}

function explain(
  key: SettingKey,
  tiers: LoadedTiers,
  options: ExplainConfigOptions,
): ExplainedSetting {
  const setting = tiers.merged.get(key);
  if (setting === undefined) return unset(key, tiers);
  const { value, source } = shown(key, setting);
  return {
    key,
    value: absolute(key, tiers, options) ?? value,
    source,
    overrode: setting.overrode.map((candidate) => shown(key, candidate)),
  };
}

function unset(key: SettingKey, { choice }: LoadedTiers): ExplainedSetting {
  const note = key === 'colony_id' && choice.kind === 'none' ? choice.error.message : 'not set';
  return { key, value: undefined, source: { tier: 'default', note }, overrode: [] };
}

function shown(key: SettingKey, { value, source }: SettingCandidate): ExplainedValue {
  return { value: settingDefinition(key).secret ? '[redacted]' : inOneLine(value), source };
}

/** Directories are shown where they lead, because that is what the question is mostly about. */
function absolute(
  key: SettingKey,
  tiers: LoadedTiers,
  options: ExplainConfigOptions,
): string | undefined {
  if (key === 'base_dir') return tiers.baseDir;
  if (key !== 'storage.path') return undefined;
  return storagePath(tiers.merged, { ...options, projectDir: tiers.projectDir });
}
