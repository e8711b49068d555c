import type { CommandContext } from '../command-context.js';
import type { QueryRows } from '../colony/colony-access.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { readStatement } from '../read-statement.js';
import { printQueryTable } from '../render/query-table.js';
import { remark } from '../render/render.js';
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
  const statement = await readStatement(input.query, io.stdin);
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
  const all: (readonly unknown[])[] = [];
  for await (const rows of batches) {
    for (const row of rows) all.push(row);
    if (context.io.outputClosed.aborted) return;
  }
  const names = columns.map(({ name }) => name);
  await printQueryTable(context, names, all);
  await remark(context, `${all.length} ${all.length === 1 ? 'row' : 'rows'}`);
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
