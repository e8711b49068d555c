import { answerGrpc, isGrpc } from '../answers/grpc-answer.js';
import { withDeadline } from '../deadline.js';
import { ServerError } from '../errors.js';
import { readGrpcMessage } from '../grpc/read-grpc-message.js';
import { timeoutOf } from '../grpc/grpc-timeout.js';
import type { Route } from '../routes/route.js';
import { serveExport } from './serve-export.js';
import type { ExportRouteOptions } from './serve-export.js';
import { maxExportBytes } from './signal.js';

/** The longest that a call takes, whatever its sender allows, ms. */
const maxCallMs = 60_000;
/** How long the message may take to arrive, ms. */
const messageTimeoutMs = 30_000;

/**
 * `POST /opentelemetry.proto.collector.….v1.…/Export`: one signal over OTLP/gRPC.
 *
 * An unary call answered by hand: a framework would turn the message into objects that the decoders
 * have no use for, at several times the cost of decoding it.
 *
 * Source: OpenTelemetry Protocol specification, OTLP/gRPC; gRPC over HTTP/2.
 */
export function grpcExportRoute(options: ExportRouteOptions): Route {
  return {
    method: 'POST',
    path: options.signal.grpcPath,
    access: 'telemetry',
    dialect: 'otlp-grpc',
    answer: async (request, response) => {
      if (!isGrpc(request)) {
        throw new ServerError(
          'SERVER_MEDIA_TYPE_UNSUPPORTED',
          `This takes gRPC over HTTP/2 (application/grpc). For anything else there is ${options.signal.httpPath}.`,
          { details: { supported: ['application/grpc', 'application/grpc+proto'] } },
        );
      }
      const allowedMs = Math.min(timeoutOf(request) ?? maxCallMs, maxCallMs);
      const timeoutMs = Math.min(allowedMs, messageTimeoutMs);
      const served = serveExport(options, async (account) => ({
        body: await readGrpcMessage(request, { maxBytes: maxExportBytes, timeoutMs, account }),
        encoding: 'protobuf',
      }));
      answerGrpc(response, await withDeadline(served, allowedMs, 'The call'));
    },
  };
}
