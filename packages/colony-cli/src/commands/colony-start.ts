import type { ConfigFlags } from '@coral/config';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderDone } from '../render/render.js';
import type { RunFile } from '../colony/run-file.js';

/** `coral colony start` */
export interface ColonyStartInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly detach?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly otlpHttpPort?: number;
  readonly otlpGrpcPort?: number;
  readonly storagePath?: string;
  readonly selfMetrics: boolean;
  readonly migrate: boolean;
  readonly logLevel?: string;
  readonly logFormat?: 'pretty' | 'json';
  readonly startTimeout: number;
}

/** Starts a colony and stays until it is told to stop; or, with `detach`, until it is ready. */
export async function colonyStart(
  context: CommandContext,
  input: ColonyStartInput,
): Promise<number> {
  if (input.detach !== true) {
    const { runInForeground } = await import('../startup/run-in-foreground.js');
    return await runInForeground(context, {
      flags: startFlags(input),
      logFormat: input.logFormat,
      onReady: (run) => sayReady(context, run),
    });
  }
  const { startDetached } = await import('../startup/start-detached.js');
  const { run, logPath } = await startDetached(context, startFlags(input), input.startTimeout);
  await renderDone(context, {
    text: `Colony ${run.colony_id} is ready (pid ${run.pid}).\n${usage(run)}\n  log     ${logPath}`,
    json: { ...run, log_path: logPath },
  });
  return exitCodes.ok;
}

async function sayReady(context: CommandContext, run: RunFile): Promise<void> {
  const text = `Colony ${run.colony_id} is ready.\n${usage(run)}`;
  await renderDone(context, { text, json: { ...run } });
}

function usage(run: RunFile): string {
  const otlp = [
    ...(run.otlp_http_port === null ? [] : [`HTTP at http://${run.host}:${run.otlp_http_port}`]),
    ...(run.otlp_grpc_port === null ? [] : [`gRPC at http://${run.host}:${run.otlp_grpc_port}`]),
  ];
  return [
    `  file    ${run.database_path}`,
    `  listen  http://${run.host}:${run.port}`,
    ...(otlp.length === 0 ? [] : [`  otlp    ${otlp.join(', ')}`]),
    `  send    eval "$(coral colony env)"`,
    `  ask     coral metrics, coral sql "SELECT * FROM services"`,
    `  stop    coral colony stop`,
  ].join('\n');
}

function startFlags(input: ColonyStartInput): ConfigFlags {
  const { host, port, otlpHttpPort, otlpGrpcPort, storagePath, logLevel, selfMetrics, migrate } =
    input;
  return {
    ...(input.colony === undefined ? {} : { colony: input.colony }),
    host,
    port,
    otlpHttpPort,
    otlpGrpcPort,
    storagePath,
    logLevel,
    ...(selfMetrics ? {} : { selfMetrics: false }),
    ...(migrate ? {} : { migrate: false }),
  };
}
