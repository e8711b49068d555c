import { CliError } from './cli-error.js';
import type { InputStream } from './io.js';

/**
 * The statement to run: the argument, or standard input when there is none.
 *
 * @throws {CliError} `CLI_USAGE` when there is none at all
 */
export async function readStatement(
  argument: string | undefined,
  stdin: InputStream,
): Promise<string> {
  const statement = (argument ?? (await readAll(stdin))).trim();
  if (statement !== '') return statement;
  throw noStatement();
}

async function readAll(stdin: InputStream): Promise<string> {
  if (stdin.isTTY === true) throw noStatement();
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function noStatement(): CliError {
  return new CliError('CLI_USAGE', 'There is no statement to run.', {
    hint: 'Pass it as an argument, coral sql "SHOW TABLES", or on standard input.',
  });
}
