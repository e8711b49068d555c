import { ServerError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';

/** Who may use a route: everybody who reaches the port, senders of telemetry, or token holders. */
export type RouteAccess = 'open' | 'telemetry' | 'token';

/** In which protocol a route's failures are told. */
export type RouteDialect = 'json' | 'otlp' | 'otlp-grpc' | 'remote-write' | 'rpc';

/** One thing the server answers. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Exact path; a last segment in braces, such as `{Method}`, stands for any one segment. */
  readonly path: string;
  readonly access: RouteAccess;
  readonly dialect: RouteDialect;
  /** Answers the request. What it throws is told to the caller in the route's dialect. */
  readonly answer: (request: HttpRequest, response: HttpResponse) => Promise<void>;
}

/** A route in one line: `POST /v1/metrics`. */
export function describeRoute(route: Pick<Route, 'method' | 'path'>): string {
  return `${route.method} ${route.path}`;
}

/**
 * Finds the route for a request. HEAD counts as GET.
 *
 * @throws {ServerError} `SERVER_ROUTE_UNKNOWN` naming the routes there are;
 *   `SERVER_METHOD_NOT_ALLOWED` naming the methods the path takes
 */
export function findRoute(routes: readonly Route[], method: string, path: string): Route {
  const samePath = routes.filter((route) => matches(route.path, path));
  if (samePath.length === 0) {
    throw new ServerError('SERVER_ROUTE_UNKNOWN', `There is nothing at ${shown(path)}.`, {
      details: { routes: routes.map(describeRoute) },
    });
  }
  const asked = method === 'HEAD' ? 'GET' : method;
  const route = samePath.find((candidate) => candidate.method === asked);
  if (route !== undefined) return route;
  const allow = samePath.flatMap((candidate) =>
    candidate.method === 'GET' ? ['GET', 'HEAD'] : [candidate.method],
  );
  throw new ServerError(
    'SERVER_METHOD_NOT_ALLOWED',
    `${shown(path)} takes ${allow.join(', ')}, not ${shown(method)}.`,
    { details: { allow } },
  );
}

/** The dialect for failures of requests that match no route, by where they were sent. */
export function dialectOf(routes: readonly Route[], path: string): RouteDialect {
  const found = routes.find((route) => matches(route.path, path));
  if (found !== undefined) return found.dialect;
  if (path.startsWith('/v1/')) return 'otlp';
  return /^\/[a-z_][\w]*(\.\w+)+\//i.test(path) ? 'rpc' : 'json';
}

function matches(pattern: string, path: string): boolean {
  if (!pattern.endsWith('}')) return pattern === path;
  const prefix = pattern.slice(0, pattern.lastIndexOf('{'));
  return path.startsWith(prefix) && /^[\w-]+$/.test(path.slice(prefix.length));
}

function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
