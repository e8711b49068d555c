import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/**
 * A request of either protocol. Node's HTTP/2 compatibility API has the same methods as its HTTP/1
 * one, but their overloads do not unite in TypeScript, so code that serves both speaks HTTP/1's types.
 */
export type HttpRequest = IncomingMessage;

/** The answer to a {@link HttpRequest}. */
export type HttpResponse = ServerResponse;

/** Serves one request. It answers every failure itself and never rejects. */
export type RequestHandler = (request: HttpRequest, response: HttpResponse) => void;

/** Makes an HTTP/2 pair look like the HTTP/1 pair it behaves as. */
export function asHttpExchange(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): [HttpRequest, HttpResponse] {
  return [request as unknown as HttpRequest, response as unknown as HttpResponse];
}

/** The host that a request asks for: :authority (HTTP/2), else Host. */
export function authorityOf(request: HttpRequest): string | undefined {
  const { headers } = request;
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}

/** The path of a request's target, without its query. */
export function pathOf(request: HttpRequest): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
}
