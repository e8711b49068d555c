import type { ConfigFlags, ResolvedConfig } from '@coral/config';
import type { CommandContext } from '../command-context.js';
import { CliError } from '../cli-error.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import { ensureColony } from '../colony/ensure-colony.js';
import { runFilePath } from '../colony/run-file.js';
import type { Logger } from './logger.js';
import { createLogger } from './create-logger.js';
import type { Stage } from './startup-sequence.js';

/** What the first stage is given. */
export interface StartRequest {
  readonly command: CommandContext;
  readonly flags: ConfigFlags;
  /** Absent: `pretty` on a terminal, else `json`. */
  readonly logFormat?: 'pretty' | 'json' | undefined;
}

/** What the later stages find. */
export interface Configured {
  readonly config: ResolvedConfig;
  readonly logger: Logger;
}

/**
 * Decides which colony starts and how; refuses one that runs already.
 *
 * Two colonies of one id would overwrite each other's run file, also when their files differ.
 */
export const configurationStage: Stage<StartRequest, Configured> = {
  name: 'configuration',
  async start({ command, flags, logFormat }) {
    const { io } = command;
    const config = await ensureColony(command, flags);
    const presence = await findRunningColony(config.baseDir, config.colonyId, io.process);
    if (presence.state === 'running') throw alreadyRunning(config.colonyId, presence.run.pid);
    const isTerminal = io.stderr.isTTY === true;
    const logger = await createLogger({
      level: config.log.level,
      format: logFormat ?? (isTerminal ? 'pretty' : 'json'),
      colors: command.palette.isColorSupported && isTerminal,
      stream: io.stderr,
    });
    if (presence.stale !== undefined) {
      const { pid, started_at } = presence.stale;
      const path = runFilePath(config.baseDir, config.colonyId);
      logger.warn({ path, pid, started_at }, 'run file of a dead process ignored');
    }
    for (const warning of config.warnings) logger.warn({}, warning);
    return { adds: { config, logger } };
  },
};

function alreadyRunning(colonyId: string, pid: number): CliError {
  return new CliError('CLI_COLONY_RUNNING', `Colony ${colonyId} runs already (pid ${pid}).`, {
    hint: 'Ask it with `coral colony status`, stop it with `coral colony stop`.',
    details: { pid },
  });
}
