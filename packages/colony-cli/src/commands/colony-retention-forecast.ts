import { resolveColony } from '../colony/resolve-colony.js';
import { retentionPolicyInput } from '../colony/retention-policy.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderObject } from '../render/render.js';
import { formatBytes, formatDuration, formatRows, formatTime } from '../render/units.js';
import type { ColonyRetentionInput } from './colony-retention-plan.js';

interface ForecastAnswer {
  readonly used_bytes: number;
  readonly free_bytes: number;
  readonly bytes_per_day: number;
  readonly budget: { readonly max_size_bytes: number; readonly reached_at: string } | null;
  readonly disk: { readonly min_free_disk_bytes: number; readonly reached_at: string };
  readonly basis: readonly {
    readonly rule: string;
    readonly rows: number;
    readonly rows_per_day: number;
    readonly bytes_per_row: number;
    readonly keep_ms: number | null;
  }[];
}

/** Says when the size budget and the disk will be used up, and on what that rests. */
export async function colonyRetentionForecast(
  context: CommandContext,
  { colony }: ColonyRetentionInput,
): Promise<number> {
  const config = await resolveColony(context, { colony });
  const answer = await runTask<ForecastAnswer>(context, {
    name: 'retention-forecast',
    quiet: true,
    colony,
    input: retentionPolicyInput(config),
  });
  const { budget, disk } = answer;
  const limit = budget === null ? '' : ` of ${formatBytes(budget.max_size_bytes)}`;
  await renderObject(context, {
    fields: [
      ['used', `${formatBytes(answer.used_bytes)}${limit}`],
      ['comes in', `${formatBytes(answer.bytes_per_day)} a day`],
      ['budget reached', budget === null ? 'no budget (storage.max_size)' : when(budget)],
      ['disk reached', `${when(disk)}, ${formatBytes(answer.free_bytes)} free`],
      ...answer.basis.map((one): readonly [string, string] => [
        one.rule,
        `${formatRows(one.rows)}, ${one.rows_per_day} a day, ${one.bytes_per_row.toFixed(1)} B each, kept ${
          one.keep_ms === null ? 'forever' : formatDuration(one.keep_ms)
        }`,
      ]),
    ],
    json: answer as unknown as JsonObject,
  });
  return exitCodes.ok;
}

function when({ reached_at: at }: { readonly reached_at: string }): string {
  return at === 'now' || at === 'never' ? at : formatTime(new Date(at));
}
