import { admitCaller, admitSender } from './access/admit.js';
import type { Admission } from './access/admit.js';
import { failureFrom } from './answers/failure.js';
import type { Failure } from './answers/failure.js';
import { answerJson, failureBody, failureHeaders } from './answers/json-answer.js';
import { refuseRemoteWrite } from './answers/remote-write-answer.js';
import { discardBody } from './http/read-body.js';
import { pathOf } from './listen/exchange.js';
import type { HttpRequest, HttpResponse, RequestHandler } from './listen/exchange.js';
import { loadProtobufPart } from './load-protobuf-part.js';
import type { Logger } from './logger.js';
import { dialectOf, findRoute } from './routes/route.js';
import type { Route, RouteDialect } from './routes/route.js';

/** How much more of a refused body is read, so that its sender comes to read the answer. */
const maxDiscardedBytes = 33_554_432;

/**
 * Makes the handler of every request: who asks is checked first, then what for, then whether they
 * may; then the route answers. Whatever goes wrong is told in the dialect of the path.
 */
export function createRequestHandler(options: {
  routes: readonly Route[];
  admission: Admission;
  logger: Logger;
}): RequestHandler {
  const { routes, admission, logger } = options;
  const serve = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const path = pathOf(request);
    try {
      admitSender(request, admission);
      const route = findRoute(routes, request.method ?? '', path);
      admitCaller(request, route.access, admission);
      await route.answer(request, response);
    } catch (reason) {
      const failure = failureFrom(reason, logger);
      const refuse = await refusalIn(dialectOf(routes, path));
      if (response.headersSent) {
        // Part of an answer is out: cutting the connection is the one way left to say so.
        response.destroy();
        return;
      }
      refuse(request, response, failure);
      discardBody(request, response, maxDiscardedBytes);
    }
  };
  return (request, response) => {
    const startedAt = performance.now();
    // A broken connection shows as 'close'; without a listener its error would end the process.
    response.on('error', (reason) => logger.debug({ err: reason }, 'answer cut short'));
    response.once('close', () => {
      logger.debug(
        {
          method: request.method,
          path: pathOf(request),
          status: response.statusCode,
          durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        },
        'request',
      );
    });
    serve(request, response).catch((reason: unknown) => {
      logger.error({ err: reason }, 'request could not even be refused');
      response.destroy();
    });
  };
}

type Refuse = (request: HttpRequest, response: HttpResponse, failure: Failure) => void;

/** How a failure is told in a dialect. */
async function refusalIn(dialect: RouteDialect): Promise<Refuse> {
  switch (dialect) {
    case 'json':
      return refusePlainly;
    case 'remote-write':
      return (_, response, failure) => refuseRemoteWrite(response, failure);
    case 'otlp':
      return (await loadProtobufPart()).refuseOtlp;
    case 'otlp-grpc':
      return (await loadProtobufPart()).refuseGrpc;
    case 'rpc':
      return (await loadProtobufPart()).refuseRpc;
  }
}

function refusePlainly(_: HttpRequest, response: HttpResponse, failure: Failure): void {
  const { http } = failure.meaning;
  answerJson(response, http, failureBody(failure), failureHeaders(failure));
}
