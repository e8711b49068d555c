import * as z from 'zod/mini';
import { colonyIdProblem } from './colony-id.js';
import type { ConfigErrorCode } from './errors.js';
import { quote } from './quote.js';
import { settingDefinition } from './settings.js';
import type { SettingKey } from './settings.js';

/** Why a value cannot be used for a setting. The message is one sentence without the place. */
export interface ValueProblem {
  readonly code: ConfigErrorCode;
  readonly message: string;
}

/** What is wrong with a setting's value, or `undefined` when it can be used. */
export function checkValue(key: SettingKey, value: unknown): ValueProblem | undefined {
  if (z.safeParse(settingDefinition(key).schema, value).success) return undefined;
  return valueProblem(key, key, value);
}

/**
 * Describes a refused value.
 *
 * `shownKey` is the key as the user spelled it. A secret's value is never repeated.
 */
export function valueProblem(key: SettingKey, shownKey: string, value: unknown): ValueProblem {
  const { expects, secret } = settingDefinition(key);
  if (key === 'colony_id' && typeof value === 'string') {
    return {
      code: 'CONFIG_COLONY_ID_INVALID',
      message: `${shownKey} ${quote(value)} is not a colony id: it ${colonyIdProblem(value)}`,
    };
  }
  if (value === undefined) {
    return {
      code: 'CONFIG_INVALID_VALUE',
      message: `${shownKey} is missing; it must be ${expects}`,
    };
  }
  const found = secret ? `not this ${describeType(value)}` : `not ${describe(value)}`;
  return { code: 'CONFIG_INVALID_VALUE', message: `${shownKey} must be ${expects}, ${found}` };
}

/** A refused value in words. */
export function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean')
    return `the ${typeof value} ${value}`;
  return `a ${describeType(value)}`;
}

/** The kind of a YAML value in words. */
export function describeType(value: unknown): string {
  if (value === null) return 'empty value';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'mapping';
  return typeof value === 'string' ? 'text' : typeof value;
}
