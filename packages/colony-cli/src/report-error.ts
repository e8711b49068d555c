import { isCodedError } from './coded-error.js';
import type { ExitCode } from './exit-codes.js';
import { exitCodeFor, exitCodes } from './exit-codes.js';
import { hintFor } from './hints.js';
import type { Palette } from './render/palette.js';

/** What a failed command prints on standard error, and how it exits. */
export interface ErrorReport {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * Turns whatever a command threw into words and an exit code.
 *
 * Coded errors become their message, a hint and the code: the stack would say nothing to the
 * person who reads it. Anything else is a defect, and its whole stack with causes is shown.
 */
export function reportError(
  error: unknown,
  { palette, json }: { readonly palette: Palette; readonly json: boolean },
): ErrorReport {
  const failure = leadingError(error);
  if (!isCodedError(failure)) {
    return { text: `${describeUnexpected(error)}\n`, exitCode: exitCodes.unexpected };
  }
  const { code, message } = failure;
  const hint = hintFor(failure);
  const exitCode = exitCodeFor(code);
  if (json) {
    const object = { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
    return { text: `${JSON.stringify(object)}\n`, exitCode };
  }
  const lines = [
    `${palette.red('error:')} ${message} ${palette.dim(`(${code})`)}`,
    ...(hint === undefined ? [] : [`${palette.cyan('hint:')} ${hint}`]),
    ...laterErrors(error).map((later) => `${palette.red('also:')} ${later}`),
  ];
  return { text: `${lines.join('\n')}\n`, exitCode };
}

/** The error that came first, of an aggregate whose others only followed from it. */
export function leadingError(error: unknown): unknown {
  const errors = (error as { errors?: unknown } | null)?.errors;
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : error;
}

function laterErrors(error: unknown): string[] {
  const errors = (error as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.slice(1).map((later) => (later as Error | undefined)?.message ?? String(later));
}

function describeUnexpected(error: unknown): string {
  const parts: string[] = [];
  for (let current = error, depth = 0; current !== undefined && depth < 10; depth += 1) {
    const { stack, cause } = (current ?? {}) as { stack?: string; cause?: unknown };
    parts.push(stack ?? String(current));
    current = cause;
  }
  return parts.join('\ncaused by: ');
}
