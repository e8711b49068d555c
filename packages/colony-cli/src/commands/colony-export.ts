import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { ColonyAnswerError } from '../coded-error.js';
import { runTaskAndUse } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { parseSince } from '../parse-since.js';
import type { JsonObject } from '../render/json.js';
import { remark, renderObject } from '../render/render.js';
import { formatBytes, formatDuration } from '../render/units.js';
import { write } from '../render/write.js';

/** `coral colony export` */
export interface ColonyExportInput extends Record<string, unknown> {
  readonly table: string;
  readonly format: string;
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly where?: string;
  readonly partitionBy?: string;
  readonly overwrite?: boolean;
}

/** What the task answers. */
interface ExportAnswer {
  readonly table: string;
  readonly format: string;
  readonly output: string;
  readonly schema_file?: string;
  readonly rows: number;
  readonly files: number;
  readonly size_bytes: number;
  readonly duration_ms: number;
}

/** Writes a table, or a part of it, to a file, a folder or standard output. */
export async function colonyExport(
  context: CommandContext,
  input: ColonyExportInput,
): Promise<number> {
  const { io } = context;
  const toStdout = input.output === '-';
  if (toStdout && input.format === 'parquet' && io.stdout.isTTY === true) {
    throw new CliError('CLI_USAGE', 'Parquet is not for a terminal.', {
      hint: 'Send it into a file, a program, or choose csv or json.',
    });
  }
  const time = (text: string | undefined) =>
    text === undefined ? undefined : parseSince(text, io.now()).toISOString();
  const task = {
    table: input.table,
    format: input.format,
    from: time(input.from),
    to: time(input.to),
    where: input.where,
    output: toStdout ? undefined : resolve(io.cwd, input.output),
    partition_by: input.partitionBy,
    overwrite: input.overwrite === true,
  };
  await runTaskAndUse<ExportAnswer, void>(
    context,
    { name: 'export', input: present(task) },
    (answer, signal) => (toStdout ? passOn(context, answer, signal) : tell(context, answer)),
  );
  return exitCodes.ok;
}

/** The colony left a finished file in its work folder, which is as long as the answer and no longer. */
async function passOn(
  context: CommandContext,
  { output, rows }: ExportAnswer,
  signal: AbortSignal,
): Promise<void> {
  const { io } = context;
  try {
    for await (const chunk of createReadStream(output)) {
      if (io.outputClosed.aborted) return;
      if (signal.aborted) {
        throw new ColonyAnswerError('STORAGE_CANCELLED', 'Stopped before all rows were written.');
      }
      await write(io.stdout, chunk as Uint8Array);
    }
  } finally {
    await rm(output, { force: true });
  }
  await remark(context, `${rows} ${rows === 1 ? 'row' : 'rows'}`);
}

async function tell(context: CommandContext, answer: ExportAnswer): Promise<void> {
  const files = answer.files === 1 ? '' : ` in ${answer.files} files`;
  await renderObject(context, {
    fields: [
      ['export', answer.output],
      ['schema', answer.schema_file ?? ''],
      ['table', answer.table],
      ['rows', String(answer.rows)],
      ['size', `${formatBytes(answer.size_bytes)}${files}`],
      ['took', formatDuration(answer.duration_ms)],
    ],
    json: answer as unknown as JsonObject,
  });
}

function present(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
