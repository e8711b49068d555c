import { setTimeout as sleep } from 'node:timers/promises';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderDone } from '../render/render.js';
import { formatBytes, formatDuration } from '../render/units.js';
import { stoppedBySignal } from '../stopped-by-signal.js';

/** `coral colony snapshot` */
export interface ColonySnapshotInput extends Record<string, unknown> {
  readonly colony?: string;
  /** Milliseconds. */
  readonly every?: number;
}

/** What the task answers. */
interface SnapshotAnswer {
  readonly path: string;
  readonly size_bytes: number;
  readonly created_at: string;
  readonly duration_ms: number;
}

/** Publishes a snapshot, once or until Ctrl-C. */
export async function colonySnapshot(
  context: CommandContext,
  input: ColonySnapshotInput,
): Promise<number> {
  await publish(context, input.colony);
  if (input.every === undefined) return exitCodes.ok;
  using stop = stoppedBySignal(context.io.process);
  while (await rested(input.every, stop.signal)) await publish(context, input.colony);
  return exitCodes.ok;
}

async function publish(context: CommandContext, colony: string | undefined): Promise<void> {
  const answer = await runTask<SnapshotAnswer>(context, { name: 'snapshot', colony, input: {} });
  await renderDone(context, {
    text: `Published ${answer.path} (${formatBytes(answer.size_bytes)}, ${formatDuration(answer.duration_ms)})`,
    json: answer as unknown as JsonObject,
  });
}

/** @returns false when it was stopped meanwhile */
async function rested(restMs: number, signal: AbortSignal): Promise<boolean> {
  await sleep(restMs, undefined, { signal }).catch(() => undefined); // Stopped: told by the signal.
  return !signal.aborted;
}
