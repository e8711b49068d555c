import type { JobRegistry, RunningServer, TargetRegistry } from '@coral/server';
import { apiToken } from '@coral/config';
import type { Configured, StartRequest } from './configuration-stage.js';
import { loadServerParts } from './load-server-parts.js';
import type { Stage } from './startup-sequence.js';
import type { Stored } from './storage-stage.js';

/** What the server stage needs beyond the stages before it. */
export interface StopRequests {
  /** Called when somebody asks over the API that the colony stop. */
  readonly onStopRequested: () => void;
}

/** What the later stages find. */
export interface Serving {
  readonly server: RunningServer;
  /** Where the colony's jobs are listed, which the status shows. */
  readonly jobs: JobRegistry;
  /** What the colony scrapes, and how that goes, which the status shows too. */
  readonly targets: TargetRegistry;
}

/** Opens the ports; from here on the colony answers. */
export const serverStage: Stage<StartRequest & StopRequests & Configured & Stored, Serving> = {
  name: 'server',
  async start({ command, config, logger, database, onStopRequested }) {
    const { JobRegistry, startServer, TargetRegistry } = await loadServerParts();
    const { host, port, otlpHttpPort, otlpGrpcPort } = config.server;
    const jobs = new JobRegistry({ now: command.io.now });
    const targets = new TargetRegistry(config.scrape);
    const server = await startServer({
      database,
      token: apiToken(config.colonySecret),
      host,
      port,
      otlpHttpPort: otlpHttpPort ?? false,
      otlpGrpcPort: otlpGrpcPort ?? false,
      loopbackWithoutToken: config.telemetry.loopbackWithoutToken,
      labelMapping: config.telemetry.prometheus,
      logger,
      version: command.io.version,
      colonyId: config.colonyId,
      jobs,
      targets,
      now: command.io.now,
      onShutdownRequested: onStopRequested,
    });
    return {
      adds: { server, jobs, targets },
      afterStart: () => {
        server.loadRest().then(
          () => logger.debug({}, 'server loaded as a whole'),
          (error: unknown) => logger.warn({ err: error }, 'a part of the server is missing'),
        );
      },
      close: () => server.close(),
    };
  },
};
