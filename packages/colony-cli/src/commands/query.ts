import type { ColonyEntry, ColonyFailure, QueryColoniesResult } from '@coral/storage';
import { CliError } from '../cli-error.js';
import { allColonyIds, findColonies, type FoundColony } from '../colony/find-colonies.js';
import type { CommandContext } from '../command-context.js';
import { exitCodeFor, exitCodes } from '../exit-codes.js';
import { readStatement } from '../read-statement.js';
import { formatJsonObject, type JsonObject, type JsonValue } from '../render/json.js';
import { printQueryTable } from '../render/query-table.js';
import { remark } from '../render/render.js';
import { write } from '../render/write.js';

/** `coral query` */
export interface QueryInput extends Record<string, unknown> {
  readonly query?: string;
  readonly colonies?: readonly string[];
  readonly all?: boolean;
  readonly maxRows: number;
  readonly timeout: number;
}

/** Asks several colonies the same and prints the rows of those that answer. */
export async function query(context: CommandContext, input: QueryInput): Promise<number> {
  const colonyIds = await chooseColonies(context, input);
  const statement = await readStatement(input.query, context.io.stdin);
  const found = await findColonies(context, colonyIds);
  const answer = await ask(context, { statement, found, input });
  const result = { ...answer, failures: [...notFound(found), ...answer.failures] };
  await (context.globals.json ? printJson(context, result) : printTable(context, result, input));
  return exitCode(result.failures, colonyIds.length);
}

async function chooseColonies(context: CommandContext, input: QueryInput): Promise<string[]> {
  const ids = input.all === true ? await allColonyIds(context) : (input.colonies ?? []);
  const unique = [...new Set(ids)].filter((id) => id !== '');
  if (unique.length > 0) return unique;
  if (input.all === true) {
    throw new CliError('CLI_USAGE', 'There are no colonies yet.', {
      hint: 'Make one: coral init <app>.',
    });
  }
  throw new CliError('CLI_USAGE', 'No colonies are named.', {
    hint: 'Name them, --colonies a,b, or take --all; one alone is asked with coral sql.',
  });
}

interface Question {
  readonly statement: string;
  readonly found: readonly FoundColony[];
  readonly input: QueryInput;
}

async function ask(
  { io }: CommandContext,
  { statement, found, input }: Question,
): Promise<QueryColoniesResult> {
  const entries = found.filter((one): one is ColonyEntry => 'url' in one || 'storagePath' in one);
  if (entries.length === 0) return { columns: [], rows: [], failures: [], truncated: [] };
  const { openColonies } = await import('@coral/storage');
  const colonies = openColonies(entries);
  try {
    return await colonies.query(statement, {
      timeoutMs: input.timeout * 1000,
      maxRows: input.maxRows,
      signal: io.outputClosed,
    });
  } finally {
    await colonies.close();
  }
}

function notFound(found: readonly FoundColony[]): ColonyFailure[] {
  return found.flatMap((one) => {
    if ('code' in one) return [one];
    if (!('neverStarted' in one)) return [];
    const { colonyId } = one;
    return [
      { colonyId, code: 'CLI_NO_DATABASE', message: 'It has no database yet: start it once.' },
    ];
  });
}

async function printJson(
  { io }: CommandContext,
  { columns, rows, failures, truncated }: QueryColoniesResult,
): Promise<void> {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] as JsonValue])),
  );
  const json: JsonObject = {
    rows: objects,
    failures: failures.map(({ colonyId, code, message }) => ({
      colony_id: colonyId,
      code,
      message,
    })),
    truncated,
  };
  await write(io.stdout, formatJsonObject(json));
}

async function printTable(
  context: CommandContext,
  { columns, rows, failures, truncated }: QueryColoniesResult,
  { maxRows }: QueryInput,
): Promise<void> {
  const { io, palette } = context;
  if (columns.length > 0) {
    const names = columns.map(({ name }) => name);
    await printQueryTable(context, names, rows);
    await remark(context, `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`);
  }
  for (const colonyId of truncated) {
    const text = `${colonyId}: only the first ${maxRows} rows; --max-rows allows more.\n`;
    await write(io.stderr, text);
  }
  for (const { colonyId, code, message } of failures) {
    const text = `${palette.red('error:')} ${colonyId}: ${message} ${palette.dim(`(${code})`)}\n`;
    await write(io.stderr, text);
  }
}

function exitCode(failures: readonly ColonyFailure[], asked: number): number {
  const [first] = failures;
  if (first === undefined) return exitCodes.ok;
  return failures.length < asked ? exitCodes.partial : exitCodeFor(first.code);
}
