import type { ResolvedConfig } from '@coral/config';
import { apiToken } from '@coral/config';
import { findRunningColony } from '../colony/find-running-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { RunFile } from '../colony/run-file.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { formatJsonObject } from '../render/json.js';
import { remark } from '../render/render.js';
import type { Shell } from '../render/shell-assignment.js';
import { shellAssignment } from '../render/shell-assignment.js';
import { write } from '../render/write.js';

/** `coral colony env` */
export interface ColonyEnvInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly shell: Shell;
  readonly protocol: OtlpProtocol;
}

/** As OpenTelemetry's specification calls them. */
type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc';

/** Prints the variables that point any OpenTelemetry sender at the colony. */
export async function colonyEnv(context: CommandContext, input: ColonyEnvInput): Promise<number> {
  const { io, globals } = context;
  const config = await resolveColony(context, { colony: input.colony });
  const presence = await findRunningColony(config.baseDir, config.colonyId, io.process);
  const run = presence.state === 'running' ? presence.run : undefined;
  if (run === undefined) {
    await remark(context, `colony ${config.colonyId} is stopped; these are its configured ports`);
  }
  const variables = senderVariables(config, run, input.protocol);
  const text = globals.json
    ? formatJsonObject(variables)
    : Object.entries(variables)
        .map(([name, value]) => `${shellAssignment(input.shell, name, value)}\n`)
        .join('');
  await write(io.stdout, text);
  return exitCodes.ok;
}

/**
 * Standard variables of an OpenTelemetry exporter.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter; header values are
 * percent-encoded as in W3C baggage.
 */
function senderVariables(config: ResolvedConfig, run: RunFile | undefined, protocol: OtlpProtocol) {
  const host = callableHost(run?.host ?? config.server.host);
  const port = run === undefined ? configuredPort(config, protocol) : openPort(run, protocol);
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${apiToken(config.colonySecret)}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  };
}

function configuredPort({ server }: ResolvedConfig, protocol: OtlpProtocol): number {
  return (protocol === 'grpc' ? server.otlpGrpcPort : server.otlpHttpPort) ?? server.port;
}

/** The port of the API takes telemetry too. */
function openPort(run: RunFile, protocol: OtlpProtocol): number {
  return (protocol === 'grpc' ? run.otlp_grpc_port : run.otlp_http_port) ?? run.port;
}

/** "Every interface" is an address to listen on, not one to send to; IPv6 stands in brackets. */
function callableHost(host: string): string {
  const callable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return callable.includes(':') ? `[${callable}]` : callable;
}
