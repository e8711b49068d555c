import { describe, expect, it } from '@jest/globals';
import { dialectOf, findRoute } from './route.js';
import type { Route } from './route.js';

const answer = async (): Promise<void> => undefined;
const routes: Route[] = [
  { method: 'GET', path: '/healthz', access: 'open', dialect: 'json', answer },
  { method: 'POST', path: '/v1/metrics', access: 'telemetry', dialect: 'otlp', answer },
  { method: 'POST', path: '/a.b.C/{Method}', access: 'token', dialect: 'rpc', answer },
];

describe('findRoute', () => {
  it('finds by method and exact path, HEAD as GET, any method of a service', () => {
    expect(findRoute(routes, 'GET', '/healthz').path).toBe('/healthz');
    expect(findRoute(routes, 'HEAD', '/healthz').path).toBe('/healthz');
    expect(findRoute(routes, 'POST', '/a.b.C/Anything').path).toBe('/a.b.C/{Method}');
  });

  it.each(['/', '/healthz/', '/v1/metric', '/a.b.C/', '/a.b.C/x/y', '/a.b.C/../healthz'])(
    'knows no %s, and names the routes there are',
    (path) => {
      expect(() => findRoute(routes, 'POST', path)).toThrow(
        expect.objectContaining({
          code: 'SERVER_ROUTE_UNKNOWN',
          details: { routes: ['GET /healthz', 'POST /v1/metrics', 'POST /a.b.C/{Method}'] },
        }),
      );
    },
  );

  it('names the methods of a path that is asked with another', () => {
    const refused = (method: string, path: string) => {
      try {
        return findRoute(routes, method, path).path;
      } catch (reason) {
        return (reason as { details: { allow: string[] } }).details.allow;
      }
    };
    expect(refused('POST', '/healthz')).toEqual(['GET', 'HEAD']);
    expect(refused('GET', '/v1/metrics')).toEqual(['POST']);
    expect(refused('OPTIONS', '/a.b.C/Anything')).toEqual(['POST']);
  });
});

describe('dialectOf', () => {
  it('is the route’s, or that of its neighbours', () => {
    expect(dialectOf(routes, '/v1/metrics')).toBe('otlp');
    expect(dialectOf(routes, '/v1/traces')).toBe('otlp');
    expect(dialectOf(routes, '/a.b.C/x')).toBe('rpc');
    expect(dialectOf(routes, '/some.other.Service/Method')).toBe('rpc');
    expect(dialectOf(routes, '/favicon.ico')).toBe('json');
    expect(dialectOf(routes, '/')).toBe('json');
  });
});
