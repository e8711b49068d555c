import type { ConfigFlags } from '@coral/config';
import type { RunFile } from '../colony/run-file.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { leadingError } from '../report-error.js';
import { colonyStartup } from './colony-startup.js';
import type { StopReason } from './watch-for-stop.js';
import { StopError, watchForStop } from './watch-for-stop.js';

/** What {@link runInForeground} starts, and whom it tells. */
export interface ForegroundOptions {
  readonly flags: ConfigFlags;
  /** Absent: `pretty` on a terminal, else `json`. */
  readonly logFormat?: 'pretty' | 'json' | undefined;
  /** Called once, when the colony answers. */
  readonly onReady: (run: RunFile) => Promise<void>;
}

/**
 * Starts a colony, stays until there is a reason to stop, and closes it in order.
 *
 * Shape: resolves to 0 after a signal or a request, which are no failures. Rejects with what failed
 * the start, and with an error nobody caught, after everything is closed.
 */
export async function runInForeground(
  context: CommandContext,
  { flags, logFormat, onReady }: ForegroundOptions,
): Promise<number> {
  using watch = watchForStop(context.io);
  const request = {
    command: context,
    flags,
    logFormat,
    onStopRequested: () => watch.stop({ kind: 'request' }),
    // A supervisor starts it again, and the start recovers the file.
    onStoreFailed: (error: Error) => watch.stop({ kind: 'error', error }),
  };
  let colony;
  try {
    colony = await colonyStartup.start(request, { signal: watch.signal });
  } catch (error) {
    const failure = leadingError(error);
    if (failure instanceof StopError) return stopped(failure.why);
    throw error;
  }
  const { run, logger } = colony.context;
  await onReady(run);
  colony.afterStart();
  const reason = await watch.reason;
  if (reason.kind === 'error') logger.error({ err: reason.error }, 'stopping because of an error');
  else logger.info({ reason: reason.kind === 'signal' ? reason.signal : 'request' }, 'stopping');
  await colony.close();
  return stopped(reason);
}

function stopped(reason: StopReason): number {
  if (reason.kind === 'error') throw reason.error;
  return exitCodes.ok;
}
