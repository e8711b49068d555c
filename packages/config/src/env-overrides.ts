import { checkValue } from './check-value.js';
import { ConfigError } from './errors.js';
import type { SettingCandidate, SettingLayer } from './merge-tiers.js';
import { SETTING_KEYS, settingDefinition } from './settings.js';
import type { SettingKey } from './settings.js';
import { suggest } from './suggest.js';
import { textValue } from './text-value.js';

/** The environment as Node gives it; handed in, so that tests and embedders decide what it holds. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the `CORAL_…` variables say.
 *
 * An empty variable counts as unset, which is how `VAR= command` is commonly used to clear one.
 *
 * @throws {ConfigError} `CONFIG_INVALID_VALUE` or `CONFIG_COLONY_ID_INVALID`, naming the variable
 */
export function envOverrides(env: Environment): SettingLayer {
  const layer = new Map<SettingKey, SettingCandidate>();
  for (const key of SETTING_KEYS) {
    const { variable, form } = settingDefinition(key);
    const text = variable === undefined ? undefined : env[variable];
    if (variable === undefined || text === undefined || text === '') continue;
    const value = textValue(form, text);
    const problem = checkValue(key, value);
    if (problem !== undefined) {
      throw new ConfigError(problem.code, `Environment variable ${variable}: ${problem.message}.`, {
        details: { key, variable },
      });
    }
    layer.set(key, { value, source: { tier: 'environment', variable } });
  }
  return layer;
}

/** Read by the commands that need them; no settings, so that nothing explains or shows them. */
const secretVariables = ['CORAL_BACKUP_KEY'];

/**
 * A sentence per `CORAL_…` variable that looks like a misspelt one of ours.
 *
 * Not an error, because the prefix is not ours alone; not silence, because a misspelt variable is
 * otherwise a setting that mysteriously does nothing.
 */
export function envWarnings(env: Environment): string[] {
  const known = [
    ...SETTING_KEYS.flatMap((key) => settingDefinition(key).variable ?? []),
    ...secretVariables,
  ];
  return Object.keys(env)
    .filter((variable) => variable.startsWith('CORAL_') && !known.includes(variable))
    .sort()
    .flatMap((variable) => {
      const meant = suggest(variable, known);
      return meant === undefined ? [] : [`${variable} is not used. Did you mean ${meant}?`];
    });
}
