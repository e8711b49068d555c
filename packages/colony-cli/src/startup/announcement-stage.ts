import { processStart } from '../colony/process-identity.js';
import type { RunFile } from '../colony/run-file.js';
import { lastRunFilePath, removeRunFile, runFilePath, writeRunFile } from '../colony/run-file.js';
import type { Configured, StartRequest } from './configuration-stage.js';
import type { Serving } from './server-stage.js';
import type { Stage } from './startup-sequence.js';
import type { Stored } from './storage-stage.js';

/** What is known once the colony can be found. */
export interface Announced {
  readonly run: RunFile;
}

/**
 * Writes the run file, by which commands find the colony. Last to start, because its existence
 * says that the colony is ready; so first to close.
 */
export const announcementStage: Stage<StartRequest & Configured & Stored & Serving, Announced> = {
  name: 'announcement',
  async start({ command, config, database, server }) {
    const { pid, platform } = command.io.process;
    const run: RunFile = {
      colony_id: config.colonyId,
      pid,
      process_start: (await processStart(pid, platform)) ?? null,
      version: command.io.version,
      host: server.address.host,
      port: server.address.port,
      otlp_http_port: server.otlpHttpAddress?.port ?? null,
      otlp_grpc_port: server.otlpGrpcAddress?.port ?? null,
      started_at: new Date(command.io.now()).toISOString(),
      storage_path: config.storage.path,
      database_path: database.path,
    };
    const path = runFilePath(config.baseDir, config.colonyId);
    await writeRunFile(lastRunFilePath(config.baseDir, config.colonyId), run);
    await writeRunFile(path, run);
    return { adds: { run }, close: () => removeRunFile(path, pid) };
  },
};
