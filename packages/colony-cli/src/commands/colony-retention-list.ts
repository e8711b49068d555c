import { resolveColony } from '../colony/resolve-colony.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderRows } from '../render/render.js';
import { formatBytes, formatTime } from '../render/units.js';
import type { ColonyRetentionInput } from './colony-retention-plan.js';

interface TrashedRun {
  readonly id: string;
  readonly deleted_at: string;
  readonly rows: number;
  readonly bytes: number;
  readonly parts: readonly { readonly rule: string }[];
}

/** Lists the runs of retention that can be undone. */
export async function colonyRetentionList(
  context: CommandContext,
  { colony }: ColonyRetentionInput,
): Promise<number> {
  const { trashMs } = (await resolveColony(context, { colony })).storage;
  const { runs } = await runTask<{ readonly runs: readonly TrashedRun[] }>(context, {
    name: 'retention-list',
    quiet: true,
    colony,
    input: {},
  });
  const until = (run: TrashedRun) => new Date(Date.parse(run.deleted_at) + trashMs);
  await renderRows(context, {
    rows: runs,
    columns: [
      { header: 'ID', text: ({ id }) => id },
      { header: 'DELETED', text: (run) => formatTime(new Date(run.deleted_at)) },
      { header: 'KEPT UNTIL', text: (run) => formatTime(until(run)) },
      { header: 'ROWS', text: ({ rows }) => String(rows), align: 'right' },
      { header: 'SIZE', text: ({ bytes }) => formatBytes(bytes), align: 'right' },
      { header: 'RULES', text: ({ parts }) => rulesOf(parts) },
    ],
    json: (run) => ({ ...run, kept_until: until(run).toISOString() }) as unknown as JsonObject,
    empty: 'The trash is empty: nothing can be brought back.',
  });
  return exitCodes.ok;
}

function rulesOf(parts: TrashedRun['parts']): string {
  return [...new Set(parts.map(({ rule }) => rule))].join(', ');
}
