import type { ResolvedConfig } from '@coral/config';
import { colonyConfigPath } from '@coral/config';
import type { Finding, TaskOptions } from '@coral/storage';
import { existsSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import { apiAddress } from '../colony/api-address.js';
import type { ColonyAccess } from '../colony/colony-access.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { openFailure } from './open-failure.js';

export interface ExamineOptions {
  /** The command's own colony argument. */
  readonly colony?: string | undefined;
  /** Whether indexes are made anew where they are wrong. */
  readonly repair: boolean;
}

/**
 * Looks at a colony in the way that is open: through itself when it runs, else at its files and, if
 * it opens, at what is in it. A colony that cannot be opened is a finding, no failure.
 */
export async function examineColony(
  context: CommandContext,
  { colony, repair }: ExamineOptions,
): Promise<readonly Finding[]> {
  const config = await resolveColony(context, { colony });
  const presence = await findRunningColony(config.baseDir, config.colonyId, context.io.process);
  if (presence.state === 'running') {
    const { runningColonyAccess } = await import('../colony/running-colony-access.js');
    const access = runningColonyAccess(apiAddress(config, presence.run));
    try {
      return await examine(access, config, repair);
    } catch (error) {
      return [...(await examineFiles(config)), openFailure(error, config)];
    }
  }
  if (!existsSync(config.storage.databasePath)) {
    throw new CliError(
      'CLI_NO_DATABASE',
      `Colony ${config.colonyId} has no database yet: ${config.storage.databasePath}`,
      { hint: 'Start it once: coral colony start' },
    );
  }
  const before = await examineFiles(config);
  try {
    return merge(before, await examineStopped(context, config, repair));
  } catch (error) {
    return [...before, openFailure(error, config)];
  }
}

async function examineFiles(config: ResolvedConfig): Promise<readonly Finding[]> {
  const { diagnoseFiles } = await import('@coral/storage');
  const { backup, colonyId, storage } = config;
  return await diagnoseFiles(
    { storagePath: storage.path, colonyId },
    { backupFolder: backup.directory, privateFiles: [privateFileOf(config)] },
  );
}

async function examineStopped(
  context: CommandContext,
  config: ResolvedConfig,
  repair: boolean,
): Promise<readonly Finding[]> {
  const { openDatabase } = await import('@coral/storage');
  const { fileColonyAccess } = await import('../colony/file-colony-access.js');
  const database = await openDatabase({
    storagePath: config.storage.path,
    colonyId: config.colonyId,
    now: context.io.now,
    migrate: 'refuse',
  });
  try {
    return await examine(fileColonyAccess(database, context.io.version), config, repair);
  } finally {
    await database.close();
  }
}

async function examine(
  access: ColonyAccess,
  config: ResolvedConfig,
  repair: boolean,
): Promise<readonly Finding[]> {
  const options: TaskOptions = {};
  if (repair) await access.runTask('repair', {}, options);
  const input = { backup_folder: config.backup.directory, private_file: privateFileOf(config) };
  const answer = (await access.runTask('doctor', input, options)) as {
    readonly findings: readonly Finding[];
  };
  return answer.findings;
}

/** Opening a file mends some of it: what was found before counts. */
function merge(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const seen = new Set(before.map(({ check }) => check));
  return [...before, ...after.filter(({ check }) => !seen.has(check))];
}

function privateFileOf({ baseDir, colonyId }: ResolvedConfig): string {
  return colonyConfigPath(baseDir, colonyId);
}
