import { resolve } from 'node:path';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderObject } from '../render/render.js';
import { formatDuration } from '../render/units.js';

/** `coral colony import` */
export interface ColonyImportInput extends Record<string, unknown> {
  readonly file: string;
  readonly table?: string;
  readonly format?: string;
}

/** What the task answers. */
interface ImportAnswer {
  readonly input: string;
  readonly table: string;
  readonly format: string;
  readonly rows: number;
  readonly duration_ms: number;
}

/** Reads an export back into a colony, running or stopped. */
export async function colonyImport(
  context: CommandContext,
  { file, table, format }: ColonyImportInput,
): Promise<number> {
  const answer = await runTask<ImportAnswer>(context, {
    name: 'import',
    input: {
      input: resolve(context.io.cwd, file),
      ...(table === undefined ? {} : { table }),
      ...(format === undefined ? {} : { format }),
    },
  });
  await renderObject(context, {
    fields: [
      ['import', answer.input],
      ['table', answer.table],
      ['rows', String(answer.rows)],
      ['took', formatDuration(answer.duration_ms)],
    ],
    json: answer as unknown as JsonObject,
  });
  return exitCodes.ok;
}
