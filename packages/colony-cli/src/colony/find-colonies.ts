import { listColonies, resolveConfig } from '@coral/config';
import type { ColonyEntry, ColonyFailure } from '@coral/storage';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isCodedError } from '../coded-error.js';
import type { CommandContext } from '../command-context.js';
import { apiAddress } from './api-address.js';
import { connectableHost } from './api-client.js';
import { findRunningColony } from './find-running-colony.js';
import { configContext, resolveBase } from './resolve-colony.js';
import { lastRunFilePath, readRunFile } from './run-file.js';

/** What became of a name: a colony that can be asked, or why it cannot. */
export type FoundColony = ColonyEntry | ColonyFailure | NeverStarted;

/** A colony without a database has nothing to say. */
export interface NeverStarted {
  readonly colonyId: string;
  readonly neverStarted: true;
}

/** Finds each colony: where it listens when it runs, else where its file is. */
export async function findColonies(
  context: CommandContext,
  colonyIds: readonly string[],
): Promise<FoundColony[]> {
  return Promise.all(colonyIds.map((colonyId) => find(context, colonyId)));
}

/** Every colony of this user. */
export async function allColonyIds(context: CommandContext): Promise<string[]> {
  const colonies = await listColonies({ baseDir: await resolveBase(context) });
  return colonies.map(({ colonyId }) => colonyId);
}

async function find(context: CommandContext, colonyId: string): Promise<FoundColony> {
  try {
    const here = configContext(context, { colony: colonyId });
    const config = await resolveConfig(here);
    const { baseDir } = config;
    const presence = await findRunningColony(baseDir, colonyId, context.io.process);
    if (presence.state === 'running') {
      const { host, port, token } = apiAddress(config, presence.run);
      return { colonyId, url: urlOf(connectableHost(host), port), token };
    }
    // The project here may say where its own colony stores; another colony's file is elsewhere.
    const elsewhere = await resolveConfig({ ...here, cwd: baseDir });
    const last = await readRunFile(lastRunFilePath(baseDir, colonyId));
    const folders = [config.storage.path, elsewhere.storage.path, last?.storage_path];
    const storagePath = folders.find((folder) => hasDatabase(folder, colonyId));
    return storagePath === undefined ? { colonyId, neverStarted: true } : { colonyId, storagePath };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { colonyId, code: error.code, message: error.message };
  }
}

function hasDatabase(folder: string | undefined, colonyId: string): folder is string {
  return folder !== undefined && existsSync(join(folder, `${colonyId}.duckdb`));
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
