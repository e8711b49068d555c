import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderObject } from '../render/render.js';
import { sideBySide, type ThenAndNow } from '../render/side-by-side.js';
import { formatTable, printable } from '../render/table.js';
import { formatTime } from '../render/units.js';
import { write } from '../render/write.js';

/** `coral insights why` */
export interface InsightsWhyInput extends Record<string, unknown> {
  readonly id: number;
}

interface WhyAnswer {
  readonly id: number;
  readonly created_at: string;
  readonly insight_type: string;
  readonly priority: string;
  readonly status: string;
  readonly confidence: number | null;
  readonly title: string;
  readonly summary: string;
  readonly affected_services: readonly string[];
  readonly evidence: readonly (ThenAndNow & {
    readonly title: string;
    readonly sql: string;
    readonly taken_at: string;
    readonly problem: string | null;
  })[];
}

/** Shows what an insight rests on: its queries, what they gave when it was made, and what they give now. */
export async function insightsWhy(
  context: CommandContext,
  { id }: InsightsWhyInput,
): Promise<number> {
  const answer = await runTask<WhyAnswer>(context, {
    name: 'insight-why',
    input: { id },
    quiet: true,
  });
  const { io, globals, palette } = context;
  const confidence = answer.confidence === null ? '' : `, confidence ${answer.confidence}`;
  await renderObject(context, {
    fields: [
      ['insight', `${answer.id}, ${answer.status}`],
      ['title', answer.title],
      ['summary', answer.summary],
      ['type', `${answer.insight_type}, priority ${answer.priority}${confidence}`],
      ['services', answer.affected_services.join(', ')],
      ['created', formatTime(new Date(answer.created_at))],
    ],
    json: answer as unknown as JsonObject,
  });
  if (globals.json) return exitCodes.ok;
  if (answer.evidence.length === 0) {
    await write(io.stdout, '\nIt carries no evidence: somebody else than the colony made it.\n');
  }
  for (const { title, sql, taken_at: takenAt, problem, ...evidence } of answer.evidence) {
    const lines = sql.split('\n').map((line) => palette.dim(`    ${printable(line)}`));
    const heading = `${palette.bold(printable(title))}, then (${formatTime(new Date(takenAt))}) and now`;
    await write(io.stdout, `\n${heading}\n${lines.join('\n')}\n\n`);
    if (problem !== null) {
      await write(io.stdout, `It cannot be run any more: ${printable(problem)}\n`);
    }
    const { columns, rows } = sideBySide(evidence);
    const text =
      rows.length === 0 ? 'No rows, then or now.\n' : formatTable(columns, rows, { palette });
    await write(io.stdout, text);
  }
  return exitCodes.ok;
}
