import { checkValue } from './check-value.js';
import { ConfigError } from './errors.js';
import type { SettingCandidate, SettingLayer } from './merge-tiers.js';
import { SETTING_KEYS, settingDefinition } from './settings.js';
import type { SettingKey } from './settings.js';
import { textValue } from './text-value.js';

/**
 * Settings from the command line, named as an argument parser names them: `--storage-path` is
 * `storagePath`.
 *
 * Shape: `undefined` means not given. Text is read as from the environment: `'9000'` is a port.
 */
export interface ConfigFlags {
  /** Base directory. */
  readonly config?: string | undefined;
  /** Colony id. */
  readonly colony?: string | undefined;
  readonly storagePath?: string | undefined;
  /** With its unit: `512MB`. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: string | number | undefined;
  readonly migrate?: string | boolean | undefined;
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  /** 0 or false: off. */
  readonly otlpHttpPort?: string | number | boolean | undefined;
  /** 0 or false: off. */
  readonly otlpGrpcPort?: string | number | boolean | undefined;
  readonly loopbackWithoutToken?: string | boolean | undefined;
  readonly selfMetrics?: string | boolean | undefined;
  readonly logLevel?: string | undefined;
  readonly discoveryEndpoint?: string | undefined;
  readonly aiProvider?: string | undefined;
}

/**
 * What the flags say. Properties that are no setting are left alone, so a command's own options may
 * be passed along.
 *
 * @throws {ConfigError} `CONFIG_INVALID_VALUE` or `CONFIG_COLONY_ID_INVALID`, naming the flag
 */
export function flagOverrides(flags: ConfigFlags): SettingLayer {
  const given = flags as Readonly<Record<string, string | number | boolean | undefined>>;
  const layer = new Map<SettingKey, SettingCandidate>();
  for (const key of SETTING_KEYS) {
    const { flag: property, form } = settingDefinition(key);
    const raw = property === undefined ? undefined : given[property];
    if (property === undefined || raw === undefined) continue;
    const flag = `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const value = typeof raw === 'string' ? textValue(form, raw) : raw;
    const problem = checkValue(key, value);
    if (problem !== undefined) {
      throw new ConfigError(problem.code, `Flag ${flag}: ${problem.message}.`, {
        details: { key, flag },
      });
    }
    layer.set(key, { value, source: { tier: 'flag', flag } });
  }
  return layer;
}
