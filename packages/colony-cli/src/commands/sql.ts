import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { QueryRows } from '../colony/colony-access.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import type { InputStream } from '../io.js';
import type { JsonValue } from '../render/json.js';
import { remark } from '../render/render.js';
import { formatTable } from '../render/table.js';
import { write } from '../render/write.js';

/** `coral sql` */
export interface SqlInput extends Record<string, unknown> {
  readonly query?: string;
  readonly maxRows: number;
  readonly timeout: number;
}

/** Runs one reading statement and prints its rows. */
export async function sql(context: CommandContext, input: SqlInput): Promise<number> {
  const { io, globals } = context;
  const statement = (input.query ?? (await readStatement(io.stdin))).trim();
  if (statement === '') {
    throw new CliError('CLI_USAGE', 'There is no statement to run.', {
      hint: 'Pass it as an argument, coral sql "SHOW TABLES", or on standard input.',
    });
  }
  const options = {
    timeoutMs: input.timeout * 1000,
    maxRows: input.maxRows,
    signal: io.outputClosed,
  };
  await withColony(context, async (colony) => {
    const rows = await colony.query(statement, options);
    await (globals.json ? printJson(context, rows) : printTable(context, rows));
    if (rows.truncated()) {
      await write(io.stderr, `Only the first ${input.maxRows} rows; --max-rows allows more.\n`);
    }
  });
  return exitCodes.ok;
}

/** Printed as they arrive: an answer may be larger than memory. */
async function printJson({ io }: CommandContext, { columns, batches }: QueryRows): Promise<void> {
  const names = uniqueNames(columns.map(({ name }) => name));
  let before = '[';
  for await (const rows of batches) {
    let text = '';
    for (const row of rows) {
      const object = Object.fromEntries(names.map((name, index) => [name, row[index]]));
      text += `${before}\n  ${JSON.stringify(object)}`;
      before = ',';
    }
    await write(io.stdout, text);
    if (io.outputClosed.aborted) return;
  }
  await write(io.stdout, before === '[' ? '[]\n' : '\n]\n');
}

/** Collected first: the widths of the columns are known only at the end. */
async function printTable(context: CommandContext, { columns, batches }: QueryRows): Promise<void> {
  const { io, palette } = context;
  const cells: string[][] = [];
  let numeric = columns.map(() => true);
  for await (const rows of batches) {
    for (const row of rows) {
      numeric = numeric.map((yes, index) => yes && isNumeric(row[index]));
      cells.push(row.map(cellText));
    }
    if (io.outputClosed.aborted) return;
  }
  const headers = columns.map(({ name }, index) => ({
    header: name,
    align: cells.length > 0 && numeric[index] ? ('right' as const) : ('left' as const),
  }));
  await write(io.stdout, formatTable(headers, cells, { palette }));
  await remark(context, `${cells.length} ${cells.length === 1 ? 'row' : 'rows'}`);
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || value === null;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value as JsonValue) : String(value);
}

/** `SELECT 1 AS a, 2 AS a` has two columns, and an object must not lose one. */
function uniqueNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; used.has(unique); number += 1) unique = `${name}_${number}`;
    used.add(unique);
    return unique;
  });
}

async function readStatement(stdin: InputStream): Promise<string> {
  if (stdin.isTTY === true) {
    throw new CliError('CLI_USAGE', 'There is no statement to run.', {
      hint: 'Pass it as an argument, coral sql "SHOW TABLES", or on standard input.',
    });
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
