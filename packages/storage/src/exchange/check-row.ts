import { isStorageError, StorageError } from '../storage-error.js';
import {
  requireFinite,
  requireJsonObject,
  requireName,
  requireOneOf,
  requireText,
  requireWhole,
} from '../writes/check-input.js';
import { mayLack, type ExchangeColumn, type ExchangeTable } from './exchange-tables.js';
import { invalidInput, type Place } from './invalid-input.js';
import { parseIsoTimestamp } from './iso-timestamp.js';

/** A value as it is stored: microseconds for a TIMESTAMP. */
export type CheckedValue = string | number | bigint | null;
/** One value per column of the table, in its order. */
export type CheckedRow = readonly CheckedValue[];

/** What a file says of a column: text from CSV, any value from JSON; null or undefined for NULL. */
type Given = (column: ExchangeColumn, index: number) => unknown;

const largestInteger = 2_147_483_647;
const int64Digits = /^-?\d{1,18}$/;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Checks a row by the rules that the writers of single rows keep.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with row and column
 */
export function checkRow(table: ExchangeTable, place: Place, given: Given): CheckedRow {
  return table.columns.map((column, index) => {
    const value = given(column, index);
    if (value === null || value === undefined) {
      if (mayLack(table, column)) return null;
      throw invalidInput('it must not be NULL', { ...place, field: column.name });
    }
    try {
      return checkValue(column, value);
    } catch (reason) {
      if (!isStorageError(reason)) throw reason;
      const problem = reason.message.replace(`${column.name} `, '').replace(/\.$/, '');
      throw invalidInput(problem, { ...place, field: column.name }, reason);
    }
  });
}

/** A number that CSV holds as text; what is none stays text, and is refused by the column's rule. */
export function numberFromText({ type }: ExchangeColumn, text: string): unknown {
  if (type === 'INTEGER') return int64Digits.test(text) ? Number(text) : text;
  if (type === 'DOUBLE') return decimal.test(text) ? Number(text) : text;
  return text;
}

function checkValue({ name, rule }: ExchangeColumn, value: unknown): CheckedValue {
  switch (rule.kind) {
    case 'name':
      return requireName(name, value);
    case 'text':
      return requireText(name, value);
    case 'word':
      return requireOneOf(name, value, rule.words);
    case 'time':
      return requireTime(name, value, rule.to);
    case 'count':
      return requireWhole(name, value, rule.least, rule.most ?? largestInteger);
    case 'number':
      return requireNumber(name, value, rule);
    case 'json-object':
      return requireJson(name, value, (parsed) => requireJsonObject(name, parsed));
    case 'json-names':
      return requireJson(name, value, (parsed) => requireNames(name, parsed));
  }
}

function requireTime(name: string, value: unknown, to: 'microsecond' | 'millisecond'): bigint {
  const us = parseIsoTimestamp(requireText(name, value));
  if (us !== undefined && to === 'millisecond' && us % 1000n !== 0n) {
    throw invalid(name, 'must be the start of a window, in whole milliseconds');
  }
  if (us !== undefined) return us;
  throw invalid(name, 'must be a time in UTC such as 2026-11-22T01:02:03.123456Z');
}

function requireNumber(
  name: string,
  value: unknown,
  { least = -Infinity, most = Infinity }: { readonly least?: number; readonly most?: number },
): number {
  const number = requireFinite(name, value);
  if (number >= least && number <= most) return number;
  throw invalid(name, `must lie between ${least} and ${most}`);
}

/** The text stays as it is, to the byte; a value that is not text is written as JSON. */
function requireJson(name: string, value: unknown, check: (parsed: unknown) => string): string {
  if (typeof value !== 'string') return check(value);
  const text = requireText(name, value);
  check(parseJson(name, text));
  return text;
}

function requireNames(name: string, parsed: unknown): string {
  if (!Array.isArray(parsed)) throw invalid(name, 'must be a JSON array of names');
  parsed.forEach((one, index) => requireName(`${name}[${index}]`, one));
  return requireText(name, JSON.stringify(parsed));
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (reason) {
    throw invalid(name, 'must be JSON', reason);
  }
}

function invalid(field: string, problem: string, cause?: unknown): StorageError {
  return new StorageError('STORAGE_INVALID_INPUT', `${field} ${problem}.`, {
    cause,
    details: { field },
  });
}
