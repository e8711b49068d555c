import type { SqlParameter } from '../duckdb/values.js';
import { requireCount } from '../writes/check-input.js';

/** Most rows that a reader gives without a limit of the caller's. */
export const defaultLimit = 1000;

/**
 * A WHERE clause from the conditions whose value is given, parameters in order.
 *
 * @example whereOf([['status = ?', status], ['last_seen >= ?', since]])
 */
export function whereOf(conditions: readonly (readonly [string, SqlParameter])[]): {
  sql: string;
  parameters: SqlParameter[];
} {
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    sql: given.length === 0 ? '' : `WHERE ${given.map(([sql]) => sql).join(' AND ')}`,
    parameters: given.map(([, value]) => value),
  };
}

/** @throws {StorageError} `STORAGE_INVALID_INPUT` unless it is a whole number from 1 on */
export function requireLimit(limit: number | undefined): number {
  return requireCount('limit', limit ?? defaultLimit, 1);
}

/** Drops the keys without a value: a NULL is an absent property. */
export function present<T extends object>(row: T): T {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== undefined) kept[name] = value;
  return kept as T;
}

/** The object in a JSON column; text that is not JSON stays readable under `text`. */
export function parseJsonObject(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text as string);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Another program wrote the row: show what stands there.
  }
  return { text };
}
