import type { CommandContext } from '../command-context.js';
import { displayProgress } from '../render/progress.js';
import { withColony } from './with-colony.js';

/** One long operation on a colony. */
export interface TaskRequest {
  /** Its name in the server's registry. */
  readonly name: string;
  /** JSON; paths in it absolute. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The command's own colony argument. */
  readonly colony?: string | undefined;
}

/**
 * Runs a task on the colony, running or stopped, and shows how far it is. Ctrl-C stops the task,
 * which then leaves nothing half done.
 *
 * @throws what the task throws; `STORAGE_CANCELLED` after Ctrl-C
 */
export async function runTask<Result>(
  context: CommandContext,
  { name, input, colony }: TaskRequest,
): Promise<Result> {
  const stop = new AbortController();
  const { process } = context.io;
  const silence = [
    process.onSignal('SIGINT', () => stop.abort()),
    process.onSignal('SIGTERM', () => stop.abort()),
  ];
  const display = displayProgress(context);
  try {
    const options = { onProgress: display.show, signal: stop.signal };
    return await withColony(
      context,
      async (access) => (await access.runTask(name, input, options)) as Result,
      { colony },
    );
  } finally {
    display.end();
    for (const off of silence) off();
  }
}
