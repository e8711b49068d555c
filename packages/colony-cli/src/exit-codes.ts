/**
 * What `coral` exits with. Scripts may rely on these; docs/commands.md explains them.
 *
 * Source: 2 and 3 follow long habit (usage; a service that is not running), 4 is our own, the others
 * are the BSD `sysexits` numbers, so that they do not collide with signals (128 + n).
 */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  stopped: 3,
  partial: 4,
  badData: 65,
  notFound: 66,
  unavailable: 69,
  cannotCreate: 73,
  inputOutput: 74,
  tryAgain: 75,
  notPermitted: 77,
  configuration: 78,
  interrupted: 130,
} as const;

/** One of the documented exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byErrorCode: Readonly<Record<string, ExitCode>> = {
  CLI_USAGE: exitCodes.usage,
  CLI_COLONY_RUNNING: exitCodes.tryAgain,
  CLI_NO_DATABASE: exitCodes.notFound,
  CLI_START_FAILED: exitCodes.unavailable,
  CLI_STOP_TIMEOUT: exitCodes.tryAgain,
  CLI_UNREACHABLE: exitCodes.unavailable,
  CLI_UNAUTHORIZED: exitCodes.notPermitted,
  CLI_RUN_FILE: exitCodes.cannotCreate,
  CLI_API: exitCodes.unavailable,
  CONFIG_COLONY_UNKNOWN: exitCodes.notFound,
  CONFIG_UNWRITABLE: exitCodes.cannotCreate,
  CONFIG_SECRET_EXPOSED: exitCodes.notPermitted,
  SERVER_ADDRESS_IN_USE: exitCodes.tryAgain,
  SERVER_OVERLOADED: exitCodes.tryAgain,
  SERVER_TASK_RUNNING: exitCodes.tryAgain,
  SERVER_DEADLINE_EXCEEDED: exitCodes.tryAgain,
  SERVER_INPUT_INVALID: exitCodes.badData,
  SERVER_INTERNAL: exitCodes.unexpected,
  STORAGE_PATH_INVALID: exitCodes.cannotCreate,
  STORAGE_PATH_NOT_DIRECTORY: exitCodes.cannotCreate,
  STORAGE_PATH_NOT_WRITABLE: exitCodes.cannotCreate,
  STORAGE_COLONY_ID_INVALID: exitCodes.configuration,
  STORAGE_LOCKED: exitCodes.tryAgain,
  STORAGE_NOT_A_DATABASE: exitCodes.inputOutput,
  STORAGE_CORRUPT: exitCodes.inputOutput,
  STORAGE_SCHEMA_NEWER: exitCodes.configuration,
  STORAGE_MIGRATION_CHANGED: exitCodes.configuration,
  STORAGE_MIGRATION_PENDING: exitCodes.configuration,
  STORAGE_NOT_OPEN: exitCodes.unavailable,
  STORAGE_UNREACHABLE: exitCodes.unavailable,
  SERVER_UNAUTHENTICATED: exitCodes.notPermitted,
  STORAGE_DISK_FULL: exitCodes.inputOutput,
  STORAGE_BUDGET_EXCEEDED: exitCodes.inputOutput,
  STORAGE_NO_ROOM: exitCodes.inputOutput,
  STORAGE_OUTPUT_EXISTS: exitCodes.cannotCreate,
  STORAGE_BACKUP_INVALID: exitCodes.badData,
  STORAGE_KEY_WRONG: exitCodes.notPermitted,
  STORAGE_INVALID_INPUT: exitCodes.badData,
  STORAGE_CONSTRAINT: exitCodes.badData,
  STORAGE_CONFLICT: exitCodes.tryAgain,
  STORAGE_TIMEOUT: exitCodes.tryAgain,
  STORAGE_CANCELLED: exitCodes.interrupted,
  STORAGE_SQL_INVALID: exitCodes.badData,
  STORAGE_SQL_REFUSED: exitCodes.notPermitted,
  STORAGE_OVERLOADED: exitCodes.tryAgain,
  STORAGE_FATAL: exitCodes.inputOutput,
  STORAGE_INTERNAL: exitCodes.unexpected,
};

const byPrefix: readonly (readonly [string, ExitCode])[] = [
  ['CONFIG_', exitCodes.configuration],
  ['TELEMETRY_', exitCodes.badData],
  ['SERVER_', exitCodes.unavailable],
];

/**
 * The exit code for a coded error; {@link exitCodes.unexpected} for a code nobody planned.
 *
 * Pure: the same code always ends the program the same way, whichever package raised it and
 * whether it came from this process or from the running colony.
 */
export function exitCodeFor(errorCode: string): ExitCode {
  return (
    byErrorCode[errorCode] ??
    byPrefix.find(([prefix]) => errorCode.startsWith(prefix))?.[1] ??
    exitCodes.unexpected
  );
}
