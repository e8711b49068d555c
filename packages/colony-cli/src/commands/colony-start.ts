import type { ConfigFlags } from '@coral/config';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { formatJsonObject } from '../render/json.js';
import { renderDone } from '../render/render.js';
import { write } from '../render/write.js';
import { colonyStartup } from '../startup/colony-startup.js';
import type { StopReason } from '../startup/watch-for-stop.js';
import { StopError, watchForStop } from '../startup/watch-for-stop.js';
import { leadingError } from '../report-error.js';
import type { RunFile } from '../colony/run-file.js';

/** `coral colony start` */
export interface ColonyStartInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly detach?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly otlpHttpPort?: number;
  readonly storagePath?: string;
  readonly selfMetrics: boolean;
  readonly logLevel?: string;
  readonly logFormat?: 'pretty' | 'json';
  readonly startTimeout: number;
}

/** Starts a colony and stays until it is told to stop; or, with `detach`, until it is ready. */
export async function colonyStart(
  context: CommandContext,
  input: ColonyStartInput,
): Promise<number> {
  if (input.detach !== true) return await runInForeground(context, input);
  const { startDetached } = await import('../startup/start-detached.js');
  const { run, logPath } = await startDetached(context, startFlags(input), input.startTimeout);
  await renderDone(context, {
    text: `Colony ${run.colony_id} is ready (pid ${run.pid}).\n${usage(run)}\n  log     ${logPath}`,
    json: { ...run, log_path: logPath },
  });
  return exitCodes.ok;
}

async function runInForeground(context: CommandContext, input: ColonyStartInput): Promise<number> {
  const { io, globals } = context;
  using watch = watchForStop(io.process);
  const request = {
    command: context,
    flags: startFlags(input),
    logFormat: input.logFormat,
    onStopRequested: () => watch.stop({ kind: 'request' }),
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
  await write(
    io.stdout,
    globals.json
      ? formatJsonObject({ ...run })
      : `Colony ${run.colony_id} is ready.\n${usage(run)}\n`,
  );
  const reason = await watch.reason;
  if (reason.kind === 'error') logger.error({ err: reason.error }, 'uncaught error, stopping');
  else logger.info({ reason: reason.kind === 'signal' ? reason.signal : reason.kind }, 'stopping');
  await colony.close();
  return stopped(reason);
}

/** Being told to stop is no failure; an error is one, and is reported after the store is closed. */
function stopped(reason: StopReason): number {
  if (reason.kind === 'error') throw reason.error;
  return exitCodes.ok;
}

function usage(run: RunFile): string {
  const otlp =
    run.otlp_http_port === null ? '' : `, OTLP at http://${run.host}:${run.otlp_http_port}`;
  return [
    `  file    ${run.database_path}`,
    `  listen  http://${run.host}:${run.port}${otlp}`,
    `  send    eval "$(coral colony env)"`,
    `  ask     coral metrics, coral sql "SELECT * FROM services"`,
    `  stop    coral colony stop`,
  ].join('\n');
}

function startFlags(input: ColonyStartInput): ConfigFlags {
  const { host, port, otlpHttpPort, storagePath, logLevel, selfMetrics } = input;
  return {
    ...(input.colony === undefined ? {} : { colony: input.colony }),
    host,
    port,
    otlpHttpPort,
    storagePath,
    logLevel,
    ...(selfMetrics ? {} : { selfMetrics: false }),
  };
}
