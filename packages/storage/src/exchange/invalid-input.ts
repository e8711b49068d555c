import { StorageError } from '../storage-error.js';

/** Where in a file something is wrong. */
export interface Place {
  readonly path: string;
  /** Rows are counted from 1, a header is none. */
  readonly row?: number;
  readonly field?: string;
}

/** A file that cannot be imported as it is; the place is in the message and in `details`. */
export function invalidInput(problem: string, place: Place, cause?: unknown): StorageError {
  const { path, row, field } = place;
  const where = [path, ...(row ? [`row ${row}`] : []), ...(field ? [`column ${field}`] : [])];
  return new StorageError('STORAGE_INVALID_INPUT', `${where.join(', ')}: ${problem}.`, {
    cause,
    details: { path, ...(row ? { row } : {}), ...(field ? { field } : {}) },
  });
}
