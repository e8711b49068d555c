import type { Database } from '@coral/storage';
import { defaultLabelMapping } from '@coral/telemetry';
import type { LabelMapping } from '@coral/telemetry';
import type { Admission } from './access/admit.js';
import { createTokenCheck } from './access/bearer-token.js';
import { isLoopbackAddress } from './access/loopback.js';
import { isServerError } from './errors.js';
import { HealthMonitor } from './health/health-monitor.js';
import { ByteBudget } from './http/byte-budget.js';
import { IngestMeter } from './ingest-meter.js';
import { JobRegistry } from './jobs/job-registry.js';
import type { RequestHandler } from './listen/exchange.js';
import { openPort } from './listen/port-listener.js';
import type { OpenPort } from './listen/port-listener.js';
import { loadProtobufPart } from './load-protobuf-part.js';
import type { Logger } from './logger.js';
import { grpcExportRoute } from './otlp/grpc-export-route.js';
import { httpExportRoute } from './otlp/http-export-route.js';
import { logsSignal } from './otlp/logs-signal.js';
import { metricsSignal } from './otlp/metrics-signal.js';
import type { Signal } from './otlp/signal.js';
import { tracesSignal } from './otlp/traces-signal.js';
import { createRequestHandler } from './request-handler.js';
import { healthzRoute } from './routes/healthz.js';
import { knownMetricTypes } from './routes/known-metric-types.js';
import { remoteWriteRoute } from './routes/remote-write.js';
import type { Route } from './routes/route.js';
import { sqlRoute } from './routes/sql.js';
import { describeStatus, statusRoute } from './routes/status.js';
import { stopRoute } from './routes/stop.js';
import { tasksRoute } from './routes/tasks.js';
import { rpcRoutes } from './rpc/rpc-routes.js';
import { TargetRegistry } from './scrape/target-registry.js';
import type { ListenAddress, OtlpPortState, ServerStats } from './server-stats.js';

/** All request bodies in work at once, bytes. */
const bodyBudgetBytes = 128 * 1024 * 1024;
/** How long a list or a status may take, ms. The store stops its reads earlier, and says why. */
const readTimeoutMs = 35_000;

/** What {@link startServer} needs. */
export interface StartServerOptions {
  /** The colony's open store. The server does not close it. */
  readonly database: Database;
  /** The token that callers must show. Not empty. */
  readonly token: string;
  /** Address or name to listen on, such as `127.0.0.1`. */
  readonly host: string;
  /** Port for everything; 0 lets the system choose. */
  readonly port: number;
  /** Port for OTLP/HTTP beside it, usually 4318. Default false; false and 0 turn it off. */
  readonly otlpHttpPort?: number | false;
  /** Port for OTLP/gRPC, usually 4317. Default false; false and 0 turn it off. */
  readonly otlpGrpcPort?: number | false;
  /** Whether telemetry from this machine needs no token. Everything else always does. */
  readonly loopbackWithoutToken: boolean;
  /** Which labels of Prometheus' metrics name the service. Default: telemetry's. */
  readonly labelMapping?: LabelMapping;
  /** Host names to answer to beyond localhost and own addresses. Default none. */
  readonly allowedHosts?: readonly string[];
  readonly logger: Logger;
  /** Coral's version, for the status. */
  readonly version: string;
  readonly colonyId: string;
  /** The colony's jobs, for the status. Default none. */
  readonly jobs?: JobRegistry | undefined;
  /** The colony's scrape targets, for the status. Default none. */
  readonly targets?: TargetRegistry | undefined;
  /** The time, ms since the epoch. Default the system's clock. */
  readonly now?: () => number;
  /** Called when a caller asks the colony to stop. Absent: such requests are refused. */
  readonly onShutdownRequested?: () => void;
  /** How long closing waits for requests in flight, ms. Default 5,000. 0 cuts them at once. */
  readonly closeGraceMs?: number;
}

/** A server that answers. */
export interface RunningServer {
  /** Where it listens; the port is the real one. */
  readonly address: ListenAddress;
  /** Where it listens for OTLP/HTTP beside that; absent when off or when the port was taken. */
  readonly otlpHttpAddress?: ListenAddress;
  /** The same for OTLP/gRPC. */
  readonly otlpGrpcAddress?: ListenAddress;
  /** What it does now. */
  stats(): ServerStats;
  /**
   * Loads what the first RPC, or the first refusal in protobuf, would have to load before its answer.
   * For when there is nothing more urgent to do; from then on the server needs no file of its program,
   * which an upgrade may replace while it runs.
   */
  loadRest(): Promise<void>;
  /**
   * Stops accepting, lets requests in flight finish (for `closeGraceMs` at most), ends idle
   * connections. The store stays open. Idempotent.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the colony's server: one port for HTTP/1.1, gRPC, gRPC-Web and JSON, and OTLP's standard
 * ports beside it unless they are taken or turned off. Each of them takes OTLP over HTTP and gRPC.
 *
 * @throws {ServerError} `SERVER_ADDRESS_IN_USE`, `SERVER_ADDRESS_UNAVAILABLE` for the main port; a
 *   taken OTLP port is a warning and shows in {@link RunningServer.stats}
 * @throws {RangeError} when the token is empty
 * @example
 * const server = await startServer({
 *   database, token, host: '127.0.0.1', port: 9000, otlpHttpPort: 4318,
 *   otlpGrpcPort: 4317, loopbackWithoutToken: false, logger, version: '0.1.0', colonyId: 'shop-dev-a3f2e1',
 * });
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { database, host, logger, now = Date.now, closeGraceMs = 5_000 } = options;
  const allowedHosts = [...(options.allowedHosts ?? [])];
  const admission: Admission = {
    checkToken: createTokenCheck(options.token),
    loopbackWithoutToken: options.loopbackWithoutToken,
    allowedHosts,
  };
  const meter = new IngestMeter(now);
  const tracesMeter = new IngestMeter(now);
  const logsMeter = new IngestMeter(now);
  const bodies = new ByteBudget(bodyBudgetBytes);
  const monitor = new HealthMonitor({ database, logger });
  const startedAtMs = now();
  const stats = (): ServerStats => ({
    address: main.address,
    otlpHttp: otlpHttp.state,
    otlpGrpc: otlpGrpc.state,
    connections: sumConnections([main, otlpHttp.port, otlpGrpc.port]),
    ingest: meter.totals(),
    traces: tracesMeter.totals(),
    logs: logsMeter.totals(),
  });
  const status = () =>
    describeStatus({
      database,
      colonyId: options.colonyId,
      version: options.version,
      pid: process.pid,
      startedAtMs,
      now,
      settings: { loopbackWithoutToken: options.loopbackWithoutToken, allowedHosts },
      stats,
      jobs: options.jobs ?? new JobRegistry(),
      targets: options.targets ?? new TargetRegistry(),
    });

  const signals: Signal[] = [
    metricsSignal({ database, meter }),
    tracesSignal({ database, meter: tracesMeter }),
    logsSignal({ database, meter: logsMeter, now }),
  ];
  const telemetryRoutes: Route[] = [
    ...signals.map((signal) => httpExportRoute({ signal, database, bodies })),
    ...signals.map((signal) => grpcExportRoute({ signal, database, bodies })),
    healthzRoute(monitor),
  ];
  const routes: Route[] = [
    ...telemetryRoutes,
    remoteWriteRoute({
      database,
      meter,
      bodies,
      mapping: options.labelMapping ?? defaultLabelMapping,
      types: await knownMetricTypes(database),
    }),
    ...rpcRoutes({ database, monitor, logger, readTimeoutMs, status }),
    sqlRoute({ database, logger, bodies }),
    tasksRoute({ database, logger, bodies, version: options.version }),
    statusRoute(status, readTimeoutMs),
    stopRoute(options.onShutdownRequested, logger),
  ];
  const handler = createRequestHandler({ routes, admission, logger });
  const main = await openPort({ host, port: options.port, handler });
  const telemetryHandler = createRequestHandler({ routes: telemetryRoutes, admission, logger });
  const otlpHttp = await openOtlpPort('OTLP/HTTP', options.otlpHttpPort, options, telemetryHandler);
  const otlpGrpc = await openOtlpPort('OTLP/gRPC', options.otlpGrpcPort, options, telemetryHandler);

  logger.info(
    { ...main.address, otlpHttp: otlpHttp.state, otlpGrpc: otlpGrpc.state },
    'server listening',
  );
  if (!isLoopbackAddress(main.address.host)) {
    logger.warn(main.address, 'the server is reachable from other machines, in clear text');
  }

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= (async () => {
      monitor.stop();
      const ports = [main, otlpHttp.port, otlpGrpc.port];
      await Promise.all(ports.map((port) => port?.close(closeGraceMs)));
      logger.info({}, 'server closed');
    })());
  return {
    address: main.address,
    ...(otlpHttp.port === undefined ? {} : { otlpHttpAddress: otlpHttp.port.address }),
    ...(otlpGrpc.port === undefined ? {} : { otlpGrpcAddress: otlpGrpc.port.address }),
    stats,
    loadRest: async () => void (await loadProtobufPart()),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Opens a port beside the main one, or says why it is not open. */
async function openOtlpPort(
  protocol: string,
  port: number | false | undefined,
  { host, logger }: Pick<StartServerOptions, 'host' | 'logger'>,
  handler: RequestHandler,
): Promise<{ port?: OpenPort; state: OtlpPortState }> {
  if (port === undefined || port === false || port === 0) return { state: { state: 'off' } };
  try {
    const opened = await openPort({ host, port, handler });
    return { port: opened, state: { state: 'listening', ...opened.address } };
  } catch (reason) {
    if (!isServerError(reason)) throw reason;
    const { message } = reason;
    logger.warn({ code: reason.code, port }, `${protocol} has no port of its own: ${message}`);
    return { state: { state: 'unavailable', port, message } };
  }
}

function sumConnections(ports: readonly (OpenPort | undefined)[]): ServerStats['connections'] {
  const sum = { http1: 0, http2: 0, undecided: 0 };
  for (const port of ports) {
    if (port === undefined) continue;
    const { http1, http2, undecided } = port.connections();
    sum.http1 += http1;
    sum.http2 += http2;
    sum.undecided += undecided;
  }
  return sum;
}
