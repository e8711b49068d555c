import type { CommandContext } from '../command-context.js';
import { displayProgress } from '../render/progress.js';
import { stoppedBySignal } from '../stopped-by-signal.js';
import { withColony } from './with-colony.js';

/** One long operation on a colony. */
export interface TaskRequest {
  /** Its name in the server's registry. */
  readonly name: string;
  /** JSON; paths in it absolute. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The command's own colony argument. */
  readonly colony?: string | undefined;
  /** It is done at once: shows no progress. */
  readonly quiet?: boolean;
}

/** What is done with a result while nobody else can open the colony's file. */
export type UseResult<Result, Used> = (result: Result, signal: AbortSignal) => Promise<Used>;

/**
 * Runs a task on the colony, running or stopped, and shows how far it is.
 *
 * @throws what the task throws; `STORAGE_CANCELLED` after Ctrl-C
 */
export function runTask<Result>(context: CommandContext, request: TaskRequest): Promise<Result> {
  return runTaskAndUse<Result, Result>(context, request, (result) => Promise.resolve(result));
}

/** As {@link runTask}; then uses the result before the colony is let go. */
export async function runTaskAndUse<Result, Used>(
  context: CommandContext,
  { name, input, colony, quiet = false }: TaskRequest,
  use: UseResult<Result, Used>,
): Promise<Used> {
  using stop = stoppedBySignal(context.io.process);
  const display = displayProgress(context);
  try {
    const options = { signal: stop.signal, ...(quiet ? {} : { onProgress: display.show }) };
    return await withColony(
      context,
      async (access) => {
        const result = (await access.runTask(name, input, options)) as Result;
        display.end();
        return await use(result, stop.signal);
      },
      { colony },
    );
  } finally {
    display.end();
  }
}
