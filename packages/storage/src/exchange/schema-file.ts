import { readFile, stat } from 'node:fs/promises';
import {
  exchangeFormats,
  exchangeTableNames,
  exchangeTables,
  type ExchangeFormat,
  type ExchangeTableName,
} from './exchange-tables.js';
import { invalidInput } from './invalid-input.js';

/** What stands beside an export in `{output}.schema.json`. Times are ISO 8601 in UTC. */
export interface ExchangeSchema {
  /** Of this file's form. */
  readonly version: 1;
  readonly table: ExchangeTableName;
  readonly format: ExchangeFormat;
  readonly partition_by: 'day' | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
  }[];
  readonly rows: number;
  /** Least and greatest of `column`; null without rows. */
  readonly time_range: {
    readonly column: string;
    readonly first: string | null;
    readonly last: string | null;
  };
  /** What was asked for; null for all. */
  readonly filter: {
    readonly from: string | null;
    readonly to: string | null;
    readonly where: string | null;
  };
  readonly colony_id: string;
  /** Of the database. */
  readonly schema_version: number;
  readonly created_at: string;
}

/** Ours have two kilobytes. */
const mostBytes = 1024 * 1024;

export function schemaFilePath(data: string): string {
  return `${data}.schema.json`;
}

/** The columns of a table as its schema file lists them. */
export function schemaColumns(table: ExchangeTableName): ExchangeSchema['columns'] {
  return exchangeTables[table].columns.map(({ name, type, nullable }) => ({
    name,
    type,
    nullable,
  }));
}

/** What an import takes from a schema file. */
export interface DeclaredInput {
  readonly table: ExchangeTableName;
  readonly format: ExchangeFormat;
  readonly rows: number;
}

/**
 * Reads the schema file of an export; undefined where there is none.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` when it is none of ours, or of a later release
 */
export async function readSchemaFile(data: string): Promise<DeclaredInput | undefined> {
  const path = schemaFilePath(data);
  const text = await readSmallFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (reason) {
    throw invalidInput('it is not JSON', { path }, reason);
  }
  const { version, table, format, rows } = Object(value) as Partial<Record<string, unknown>>;
  if (version !== 1) {
    throw invalidInput(`its version is ${String(version)}; this release reads version 1`, { path });
  }
  return {
    table: oneOf(path, 'table', table, exchangeTableNames),
    format: oneOf(path, 'format', format, exchangeFormats),
    rows: wholeNumber(path, rows),
  };
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw invalidInput('it is too large for a schema file', { path });
    return await readFile(path, 'utf8');
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw reason;
  }
}

function oneOf<T extends string>(
  path: string,
  field: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  throw invalidInput(`it must be one of ${allowed.join(', ')}`, { path, field });
}

function wholeNumber(path: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw invalidInput('it must be a whole number', { path, field: 'rows' });
}
