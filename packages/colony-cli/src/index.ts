export { runCli } from './run-cli.js';
export type { Io, InputStream, OutputStream, ProcessPort, StopSignal } from './io.js';
export { exitCodeFor, exitCodes } from './exit-codes.js';
export type { ExitCode } from './exit-codes.js';
export { CliError, cliErrorCodes, isCliError } from './cli-error.js';
export type { CliErrorCode, CliErrorDetails } from './cli-error.js';
