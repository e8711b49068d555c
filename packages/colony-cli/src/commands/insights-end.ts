import type { Insight } from '@coral/storage';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { formatJsonRows, type JsonObject } from '../render/json.js';
import { printable } from '../render/table.js';
import { write } from '../render/write.js';

/** `coral insights dismiss` and `coral insights resolve` */
export interface InsightsEndInput extends Record<string, unknown> {
  readonly id: readonly number[];
}

interface EndedInsight {
  readonly id: number;
  readonly title: string;
  readonly status: Insight['status'];
  readonly changed: boolean;
}

/** Dismisses insights, and says of each what became of it. */
export function insightsDismiss(context: CommandContext, input: InsightsEndInput): Promise<number> {
  return endInsights(context, input, 'dismissed');
}

/** Resolves insights, and says of each what became of it. */
export function insightsResolve(context: CommandContext, input: InsightsEndInput): Promise<number> {
  return endInsights(context, input, 'resolved');
}

async function endInsights(
  context: CommandContext,
  { id: ids }: InsightsEndInput,
  status: 'dismissed' | 'resolved',
): Promise<number> {
  const { insights } = await runTask<{ readonly insights: readonly EndedInsight[] }>(context, {
    name: 'insight-end',
    input: { ids, status },
    quiet: true,
  });
  const { io, globals } = context;
  if (globals.json) {
    const rows = insights as unknown as readonly JsonObject[];
    for (const text of formatJsonRows(rows)) await write(io.stdout, text);
    return exitCodes.ok;
  }
  for (const { id, title, changed, ...now } of insights) {
    const what = changed ? `${now.status} now` : `${now.status} before, and stays so`;
    await write(io.stdout, `Insight ${id}, ${what}: ${printable(title)}\n`);
  }
  return exitCodes.ok;
}
