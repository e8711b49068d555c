import path from 'node:path';
import { ServerError } from '../errors.js';

/** Reads the fields of a task's input, one by one. */
export interface TaskInput {
  text(field: string): string;
  optionalText(field: string): string | undefined;
  /** An absolute path: what reads it may run in another folder than who wrote it. */
  path(field: string): string;
  optionalPath(field: string): string | undefined;
  /** False when absent. */
  flag(field: string): boolean;
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
    throw invalidInput(stranger.slice(0, 100), `is not known; there are ${known.join(', ')}`);
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
  return {
    optionalText,
    optionalPath,
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

function required(field: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw invalidInput(field, 'is missing');
}
