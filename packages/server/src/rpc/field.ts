import { ServerError } from '../errors.js';

/** The error for a field of a request that cannot be used. */
export function invalidField(field: string, rule: string): ServerError {
  return new ServerError('SERVER_INPUT_INVALID', `${field} ${rule}.`, { details: { field } });
}

/**
 * A text that must be given.
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function requireText(field: string, value: string): string {
  if (value.trim() === '') throw invalidField(field, 'must not be empty');
  return value;
}

/** A filter's text; undefined when it is empty, which stands for any. */
export function optionalText(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

/**
 * Limits of a list: `fallback` when 0, which is proto3's "not given".
 * @throws {ServerError} `SERVER_INPUT_INVALID` outside 1 to 10,000
 */
export function limitOf(value: number, fallback: number): number {
  if (value === 0) return fallback;
  if (value < 1 || value > 10_000) throw invalidField('limit', 'must be from 1 to 10000, or 0');
  return value;
}

/**
 * A batch that is neither empty nor too large for one commit.
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function requireBatch<T>(field: string, values: readonly T[], most: number): readonly T[] {
  if (values.length >= 1 && values.length <= most) return values;
  throw invalidField(field, `must hold 1 to ${most} entries, not ${values.length}`);
}

/** An object type with the properties that may be undefined made optional. */
type Given<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The given properties without those that are undefined, as exact optional types want them. */
export function given<T extends object>(values: T): Given<T> {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Given<T>;
}
