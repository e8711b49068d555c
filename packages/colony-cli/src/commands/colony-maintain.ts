import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderRows } from '../render/render.js';
import { formatDuration } from '../render/units.js';

/** `coral colony maintain` */
export interface ColonyMaintainInput extends Record<string, unknown> {
  readonly colony?: string;
}

/** What one job did: figures beside its name and time. */
interface JobAnswer {
  readonly name: string;
  readonly duration_ms: number;
  readonly [figure: string]: unknown;
}

/** Runs all background work that is due on a colony, running or stopped. */
export async function colonyMaintain(
  context: CommandContext,
  { colony }: ColonyMaintainInput,
): Promise<number> {
  const answer = await runTask<{ readonly jobs: readonly JobAnswer[] }>(context, {
    name: 'maintain',
    colony,
    input: {},
  });
  await renderRows(context, {
    rows: answer.jobs,
    columns: [
      { header: 'JOB', text: ({ name }) => name },
      { header: 'TOOK', text: (job) => formatDuration(job.duration_ms), align: 'right' },
      { header: 'DID', text: figuresOf },
    ],
    json: (job) => job as JsonObject,
    empty: 'There are no jobs.',
  });
  return exitCodes.ok;
}

/** Simple figures in a line; `--json` has all. */
function figuresOf({ name: _name, duration_ms: _took, ...figures }: JobAnswer): string {
  return Object.entries(figures)
    .filter(([, value]) => typeof value !== 'object')
    .map(([figure, value]) => `${figure} ${String(value)}`)
    .join(', ');
}
