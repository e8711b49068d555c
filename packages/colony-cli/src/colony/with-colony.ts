import type { ConfigFlags, ResolvedConfig } from '@coral/config';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { isCodedError } from '../coded-error.js';
import type { CommandContext } from '../command-context.js';
import { remark } from '../render/render.js';
import type { ColonyAccess } from './colony-access.js';
import { findRunningColony } from './find-running-colony.js';
import { databaseOptions } from './database-options.js';
import { apiAddress } from './api-address.js';
import { resolveColony } from './resolve-colony.js';

// A colony that starts or stops holds the file for about a second without answering.
const lockPatienceMs = 5_000;
const lockPollMs = 100;

/**
 * Runs `use` against the configured colony: over its API when it runs, else on its file, which is
 * closed again afterwards. Says on standard error which way was taken.
 *
 * A file found locked is tried again for a few seconds: a colony on its way up or down, or another
 * command that reads, lets go soon.
 *
 * @throws {CliError} `CLI_NO_DATABASE` when the colony never ran; nothing is created by asking.
 */
export async function withColony<Result>(
  context: CommandContext,
  use: (colony: ColonyAccess) => Promise<Result>,
  flags: ConfigFlags = {},
): Promise<Result> {
  const config = await resolveColony(context, flags);
  const giveUpAt = context.io.now() + lockPatienceMs;
  for (;;) {
    const presence = await findRunningColony(config.baseDir, config.colonyId, context.io.process);
    if (presence.state === 'running') {
      const { run } = presence;
      await remark(
        context,
        `asking the running colony ${config.colonyId} at ${run.host}:${run.port}`,
      );
      const { runningColonyAccess } = await import('./running-colony-access.js');
      return await use(runningColonyAccess(apiAddress(config, run)));
    }
    const database = await openFile(context, config, giveUpAt);
    if (database === undefined) continue;
    const { fileColonyAccess } = await import('./file-colony-access.js');
    try {
      return await use(fileColonyAccess(database, context.io.version));
    } finally {
      await database.close();
    }
  }
}

/** Opens a stopped colony's file; undefined when it is locked and patience is left. */
async function openFile(context: CommandContext, config: ResolvedConfig, giveUpAt: number) {
  const path = config.storage.databasePath;
  if (!existsSync(path)) {
    throw new CliError(
      'CLI_NO_DATABASE',
      `Colony ${config.colonyId} has no database yet: ${path}`,
      {
        hint: 'Start it once: coral colony start',
      },
    );
  }
  const { openDatabase } = await import('@coral/storage');
  try {
    const database = await openDatabase(databaseOptions(config));
    await remark(context, `colony ${config.colonyId} is stopped; opened ${path}`);
    // A colony that was killed had no time to summarise its last points. Reading goes on without.
    const { refuses } = await database.room();
    if (!database.recovery.clean && refuses === undefined) await database.summarise();
    return database;
  } catch (error) {
    const isLocked = isCodedError(error) && error.code === 'STORAGE_LOCKED';
    if (!isLocked || context.io.now() >= giveUpAt) throw error;
    await sleep(lockPollMs);
    return undefined;
  }
}
