import type { TaskOptions } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { stoppedBySignal } from '../stopped-by-signal.js';
import { displayProgress } from './progress.js';

/**
 * Does long work, shows how far it is, and lets Ctrl-C stop it, which then leaves nothing half done.
 *
 * @throws what the work throws; `STORAGE_CANCELLED` after Ctrl-C
 */
export async function withProgress<Result>(
  context: CommandContext,
  work: (options: TaskOptions) => Promise<Result>,
): Promise<Result> {
  using stop = stoppedBySignal(context.io.process);
  const display = displayProgress(context);
  try {
    return await work({ onProgress: display.show, signal: stop.signal });
  } finally {
    display.end();
  }
}
