import { StorageError } from '../storage-error.js';

const maxTextLength = 65_536;

/** A JSON object, as the JSON columns hold it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A name: not empty, no NUL, at most 512 characters. */
export function requireName(field: string, value: unknown): string {
  const text = requireText(field, value);
  if (text.trim() === '') throw invalid(field, 'must not be empty');
  if (text.length > 512) throw invalid(field, 'is longer than 512 characters');
  return text;
}

/** Whether {@link requireName} would take it. */
export function isName(value: string): boolean {
  return value.trim() !== '' && value.length <= 512 && isText(value);
}

/** Whether DuckDB can hold it: no NUL, no half of a surrogate pair. */
export function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

export function requireText(field: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(field, `must be a string, not ${describe(value)}`);
  if (value.includes('\0')) throw invalid(field, 'must not hold a NUL character');
  if (!value.isWellFormed()) throw invalid(field, 'must not hold half a surrogate pair');
  if (value.length > maxTextLength)
    throw invalid(field, `is longer than ${maxTextLength} characters`);
  return value;
}

export function requireDate(field: string, value: unknown): Date {
  if (Object.prototype.toString.call(value) !== '[object Date]' || Number.isNaN(Number(value))) {
    throw invalid(field, `must be a valid Date, not ${describe(value)}`);
  }
  return value as Date;
}

export function requireFinite(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalid(field, `must be a finite number, not ${describe(value)}`);
  }
  return value;
}

/** A whole number that fits the RFD's INTEGER columns. */
export function requireCount(field: string, value: unknown, least = 0): number {
  return requireWhole(field, value, least, 2_147_483_647);
}

export function requireWhole(
  field: string,
  value: unknown,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const number = requireFinite(field, value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw invalid(field, `must be a whole number from ${least} to ${most}, not ${number}`);
  }
  return number;
}

export function requireOneOf<T extends string>(
  field: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (!allowed.includes(value as T)) {
    throw invalid(field, `must be one of ${allowed.join(', ')}, not ${describe(value)}`);
  }
  return value as T;
}

/** A JSON column's text from an object. */
export function requireJsonObject(field: string, value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(field, `must be an object, not ${describe(value)}`);
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (reason) {
    throw invalid(field, 'cannot be written as JSON', reason);
  }
  // A Date, or whatever else has a toJSON of its own, is an object here and none there.
  if (!text?.startsWith('{')) throw invalid(field, 'must be an object, also as JSON');
  if (text.length > maxTextLength)
    throw invalid(field, `is longer than ${maxTextLength} characters as JSON`);
  return text;
}

/** Applies a check where there is a value; undefined stays undefined. */
export function optional<T, R>(value: T | undefined, check: (value: T) => R): R | undefined {
  return value === undefined ? undefined : check(value);
}

function invalid(field: string, problem: string, cause?: unknown): StorageError {
  return new StorageError('STORAGE_INVALID_INPUT', `${field} ${problem}.`, {
    cause,
    details: { field },
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'an invalid Date';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
