import type { ResolvedConfig } from '@coral/config';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { findRunningColony } from './find-running-colony.js';
import { resolveColony } from './resolve-colony.js';

/**
 * The configuration of a colony that does not run, for what replaces its file.
 *
 * @throws {CliError} `CLI_COLONY_RUNNING` with how to stop it
 */
export async function stoppedColony(
  context: CommandContext,
  colony: string | undefined,
): Promise<ResolvedConfig> {
  const config = await resolveColony(context, { colony });
  const { baseDir, colonyId } = config;
  const presence = await findRunningColony(baseDir, colonyId, context.io.process);
  if (presence.state === 'stopped') return config;
  throw new CliError(
    'CLI_COLONY_RUNNING',
    `Colony ${colonyId} is running (pid ${presence.run.pid}): its file cannot be replaced under it.`,
    { hint: `Stop it first: coral colony stop ${colonyId}` },
  );
}
