import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.js';
import { exitCodes } from './exit-codes.js';
import type { Io } from './io.js';
import { buildProgram } from './program.js';
import { createPalette, wantsColor } from './render/palette.js';
import { write } from './render/write.js';
import { reportError } from './report-error.js';

/**
 * Runs one command line and resolves to its exit code.
 *
 * Never ends the process and never throws: what goes wrong is reported on `io.stderr` and in the
 * code ({@link exitCodes}). Loads only the argument parser; each command loads what it needs.
 *
 * Shape: `argv` without the interpreter and the script, as in `process.argv.slice(2)`.
 *
 * @example
 * const exitCode = await runCli(['colony', 'status', '--json'], io);
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram({
    io,
    run: async (globals, command) => {
      exitCode = await command(contextFor(io, globals, io.stdout));
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    const globals = { json: argv.includes('--json'), verbose: false, color: usesColor(argv) };
    const { palette } = contextFor(io, globals, io.stderr);
    const report = reportError(error, { palette, json: globals.json });
    await write(io.stderr, report.text);
    return report.exitCode;
  }
}

interface ParsedGlobals {
  readonly colony?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

function contextFor(
  io: Io,
  { color, ...globals }: ParsedGlobals,
  stream: Io['stdout'],
): CommandContext {
  const isTTY = stream.isTTY === true;
  return {
    io,
    globals,
    palette: createPalette(wantsColor({ isTTY, env: io.env, wanted: color })),
  };
}

function usesColor(argv: readonly string[]): boolean {
  return !argv.includes('--no-color');
}
