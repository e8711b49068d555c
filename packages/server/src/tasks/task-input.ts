import path from 'node:path';
import { ServerError } from '../errors.js';

const isoTime = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Reads the fields of a task's input, one by one. */
export interface TaskInput {
  text(field: string): string;
  optionalText(field: string): string | undefined;
  /** An absolute path: what reads it may run in another folder than who wrote it. */
  path(field: string): string;
  optionalPath(field: string): string | undefined;
  /** False when absent. */
  flag(field: string): boolean;
  /** One of a list. */
  word<T extends string>(field: string, allowed: readonly T[]): T;
  optionalWord<T extends string>(field: string, allowed: readonly T[]): T | undefined;
  /** ISO 8601 with its zone. */
  optionalTime(field: string): Date | undefined;
}

/**
 * Fields beyond those named are refused: a mistyped option must not be ignored.
 *
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field, here and from every reader
 */
export function taskInput(
  body: Readonly<Record<string, unknown>>,
  known: readonly string[],
): TaskInput {
  const stranger = Object.keys(body).find((field) => !known.includes(field));
  if (stranger !== undefined) {
    const rule = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    throw invalidInput(stranger.slice(0, 100), `is not known; ${rule}`);
  }
  const optionalText = (field: string): string | undefined => {
    const value = body[field];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw invalidInput(field, 'must be a text that is not empty');
  };
  const optionalPath = (field: string): string | undefined => {
    const value = optionalText(field);
    if (value === undefined || (path.isAbsolute(value) && !value.includes('\0'))) return value;
    throw invalidInput(field, 'must be an absolute path');
  };
  const optionalWord = <T extends string>(field: string, allowed: readonly T[]): T | undefined => {
    const value = optionalText(field);
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
    throw invalidInput(field, `must be one of ${allowed.join(', ')}`);
  };
  return {
    optionalText,
    optionalPath,
    optionalWord,
    word: (field, allowed) => required(field, optionalWord(field, allowed)),
    optionalTime: (field) => {
      const value = optionalText(field);
      if (value === undefined) return undefined;
      const time = new Date(value);
      if (isoTime.test(value) && !Number.isNaN(time.getTime())) return time;
      throw invalidInput(field, 'must be a time such as 2026-11-22T00:00:00Z');
    },
    text: (field) => required(field, optionalText(field)),
    path: (field) => required(field, optionalPath(field)),
    flag: (field) => {
      const value = body[field] ?? false;
      if (typeof value === 'boolean') return value;
      throw invalidInput(field, 'must be true or false');
    },
  };
}

/** The error for a field that cannot be used. @param rule what it must be */
export function invalidInput(field: string, rule: string): ServerError {
  return new ServerError('SERVER_INPUT_INVALID', `${field} ${rule}.`, { details: { field } });
}

function required<T extends string>(field: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw invalidInput(field, 'is missing');
}
