/** Every code a {@link CliError} can carry; docs/errors.md has a row for each. */
export const cliErrorCodes = [
  'CLI_USAGE',
  'CLI_COLONY_RUNNING',
  'CLI_NO_DATABASE',
  'CLI_START_FAILED',
  'CLI_STOP_TIMEOUT',
  'CLI_UNREACHABLE',
  'CLI_UNAUTHORIZED',
  'CLI_RUN_FILE',
  'CLI_API',
] as const;

/** Closed list of the command line's own codes. Codes change only with a major version. */
export type CliErrorCode = (typeof cliErrorCodes)[number];

/** Values that explain a {@link CliError} to a program. */
export type CliErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An error the person at the terminal can do something about.
 *
 * `message` says what failed, on what, and why; `hint` says what to do next.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly hint: string | undefined;
  readonly details: CliErrorDetails;

  constructor(
    code: CliErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; details?: CliErrorDetails } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** Whether a value is a {@link CliError}, also across realms and installed copies. */
export function isCliError(value: unknown): value is CliError {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { name?: unknown }).name === 'CliError' &&
    cliErrorCodes.includes((value as { code?: CliErrorCode }).code as CliErrorCode)
  );
}
