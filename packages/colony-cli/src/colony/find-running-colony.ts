import type { ProcessPort } from '../io.js';
import { processExists, processStart } from './process-identity.js';
import type { RunFile } from './run-file.js';
import { readRunFile, runFilePath } from './run-file.js';

/** Whether a colony runs, and what its run file says. */
export type ColonyPresence =
  | { readonly state: 'running'; readonly run: RunFile }
  /** `stale` is the run file of a process that died without removing it. */
  | { readonly state: 'stopped'; readonly stale?: RunFile };

/**
 * Looks for a colony's running process.
 *
 * The run file names it; the system confirms that this very process still lives. A run file whose
 * process died, or whose process id now belongs to another process, is stale.
 */
export async function findRunningColony(
  baseDir: string,
  colonyId: string,
  processPort: ProcessPort,
): Promise<ColonyPresence> {
  const run = await readRunFile(runFilePath(baseDir, colonyId));
  if (run === undefined || run.colony_id !== colonyId) return { state: 'stopped' };
  return (await isSameProcess(run, processPort))
    ? { state: 'running', run }
    : { state: 'stopped', stale: run };
}

/** Whether the process that wrote a run file still lives. */
export async function isSameProcess(
  run: Pick<RunFile, 'pid' | 'process_start'>,
  processPort: ProcessPort,
): Promise<boolean> {
  if (!processExists(run.pid, processPort)) return false;
  if (run.process_start === null) return true;
  return (await processStart(run.pid, processPort.platform)) === run.process_start;
}
