import { ConnectError } from '@connectrpc/connect';
import type { Interceptor } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { failureFrom } from '../answers/failure.js';
import { refuseRpc, toConnectError } from '../answers/rpc-failure.js';
import { ServerError } from '../errors.js';
import type { HealthMonitor } from '../health/health-monitor.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import { pathOf } from '../listen/exchange.js';
import type { Logger } from '../logger.js';
import { colonyService } from './colony-service.js';
import type { ColonyServiceOptions } from './colony-service.js';
import { ColonyService } from './gen/coral/colony/v1/colony_pb.js';
import { Health } from './gen/grpc/health/v1/health_pb.js';
import { healthService } from './health-service.js';

/** Largest message of a request, decompressed. */
const maxMessageBytes = 4_194_304;
/** Longest time that a caller may allow its call. */
const maxTimeoutMs = 600_000;

/** What the RPC services work with. */
export interface RpcOptions extends ColonyServiceOptions {
  readonly monitor: HealthMonitor;
  readonly logger: Logger;
}

/** Answers one request, and resolves when its answer is out. */
export type RpcAdapter = (request: HttpRequest, response: HttpResponse) => Promise<void>;

/** Answers the calls of both services: gRPC, gRPC-Web and Connect, over HTTP/1.1 and HTTP/2. */
export function createRpcAdapter(options: RpcOptions): RpcAdapter {
  const { logger, monitor } = options;
  const adapter = connectNodeAdapter({
    routes: (router) => {
      router.service(ColonyService, colonyService(options));
      router.service(Health, healthService(monitor));
    },
    interceptors: [translateFailures(logger)],
    readMaxBytes: maxMessageBytes,
    maxTimeoutMs,
    fallback: (request, response) => {
      const [asked, answered] = [request as HttpRequest, response as HttpResponse];
      const unknown = new ServerError(
        'SERVER_ROUTE_UNKNOWN',
        `There is no method ${pathOf(asked)}.`,
      );
      refuseRpc(asked, answered, failureFrom(unknown, logger));
    },
  });
  return (request, response) =>
    new Promise((resolve) => {
      response.once('close', resolve);
      adapter(request, response);
    });
}

/** Gives what handlers throw its RPC status, in the one place that all calls pass. */
function translateFailures(logger: Logger): Interceptor {
  return (next) => async (request) => {
    const translate = (reason: unknown): unknown => {
      // Connect itself aborts a call whose own deadline has passed.
      if (request.signal.aborted && request.signal.reason instanceof ConnectError) return reason;
      return reason instanceof ConnectError ? reason : toConnectError(failureFrom(reason, logger));
    };
    try {
      const response = await next(request);
      if (!response.stream) return response;
      return { ...response, message: translated(response.message, translate) };
    } catch (reason) {
      throw translate(reason);
    }
  };
}

/** A stream of answers fails while it is read, after its call was accepted. */
async function* translated<T>(
  messages: AsyncIterable<T>,
  translate: (reason: unknown) => unknown,
): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (reason) {
    throw translate(reason);
  }
}
