/**
 * Every code a {@link ConfigError} can carry; `docs/errors.md` says when each occurs and what to do.
 *
 * Shape: the codes are the promise of this package and change only with a major version; messages
 * are prose and may improve any day.
 */
export const CONFIG_ERROR_CODES = [
  'CONFIG_BASE_INVALID',
  'CONFIG_COLONY_AMBIGUOUS',
  'CONFIG_COLONY_ID_INVALID',
  'CONFIG_COLONY_UNKNOWN',
  'CONFIG_INVALID_VALUE',
  'CONFIG_NO_COLONY',
  'CONFIG_PROJECT_INVALID',
  'CONFIG_SECRET_EXPOSED',
  'CONFIG_SYNTAX',
  'CONFIG_UNKNOWN_KEY',
  'CONFIG_UNREADABLE',
  'CONFIG_UNWRITABLE',
] as const;

export type ConfigErrorCode = (typeof CONFIG_ERROR_CODES)[number];

/** One thing wrong with one place of a configuration file. */
export interface ConfigProblem {
  readonly code: ConfigErrorCode;
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** Dotted, as written in the file: `storage.path`. Absent for YAML syntax errors. */
  readonly key?: string;
  readonly suggestion?: string;
}

/** What a program may want to know about a {@link ConfigError} beyond its code. */
export interface ConfigErrorDetails {
  /** The file or directory the error is about. */
  readonly file?: string;
  /** 1-based line of the first problem. */
  readonly line?: number;
  /** 1-based column of the first problem. */
  readonly column?: number;
  /** The setting, dotted. */
  readonly key?: string;
  /** The environment variable that holds the offending value. */
  readonly variable?: string;
  /** The flag that holds the offending value, as typed: `--port`. */
  readonly flag?: string;
  /** A spelling that would have been accepted. */
  readonly suggestion?: string;
  /** Colony ids that exist, sorted. */
  readonly known?: readonly string[];
  /** Everything wrong with the file, in the order of its lines. */
  readonly problems?: readonly ConfigProblem[];
}

export interface ConfigErrorOptions {
  readonly cause?: unknown;
  readonly details?: ConfigErrorDetails;
}

/**
 * What every failure of this package that a user can cause looks like.
 *
 * Programmer mistakes (a wrong argument type) are plain `TypeError`s. Neither message nor details
 * ever hold a secret's value.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly details: ConfigErrorDetails;

  constructor(code: ConfigErrorCode, message: string, options: ConfigErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * Whether a caught value is a {@link ConfigError}.
 *
 * By code instead of `instanceof`, which fails between two installed copies of this package and
 * between realms.
 */
export function isConfigError(value: unknown): value is ConfigError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    (CONFIG_ERROR_CODES as readonly unknown[]).includes(value.code)
  );
}
