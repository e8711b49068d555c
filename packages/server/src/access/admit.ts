import { ServerError } from '../errors.js';
import { authorityOf } from '../listen/exchange.js';
import type { HttpRequest } from '../listen/exchange.js';
import type { RouteAccess } from '../routes/route.js';
import { isHostAllowed } from './allowed-host.js';
import { isOriginAllowed } from './allowed-origin.js';
import type { TokenVerdict } from './bearer-token.js';
import { isLoopbackAddress } from './loopback.js';

/** Who is let in. */
export interface Admission {
  readonly checkToken: (authorization: string | undefined) => TokenVerdict;
  /** Whether telemetry from this machine needs no token. */
  readonly loopbackWithoutToken: boolean;
  /** Host names beyond localhost and the machine's own addresses. */
  readonly allowedHosts: readonly string[];
}

/**
 * Refuses a request that does not mean this colony or that a web page of somebody else sends. This
 * comes before everything else, also for routes that are open.
 *
 * @throws {ServerError} `SERVER_HOST_REFUSED`, `SERVER_ORIGIN_REFUSED`
 */
export function admitSender(request: HttpRequest, { allowedHosts }: Admission): void {
  const authority = authorityOf(request);
  const { localAddress } = request.socket;
  const hosts =
    request.headers.host === undefined ? [authority] : [authority, request.headers.host];
  if (!hosts.every((host) => isHostAllowed(host, { localAddress, allowedHosts }))) {
    throw new ServerError(
      'SERVER_HOST_REFUSED',
      'The Host header does not name this colony. Ask for localhost or its address, or add the name to the allowed hosts.',
    );
  }
  const { origin } = request.headers;
  const secFetchSite = request.headers['sec-fetch-site'];
  const headers = {
    origin,
    secFetchSite: secFetchSite === undefined ? undefined : String(secFetchSite),
  };
  if (!isOriginAllowed(headers, { authority, allowedHosts })) {
    throw new ServerError(
      'SERVER_ORIGIN_REFUSED',
      'Web pages of other sites may not use the colony.',
    );
  }
}

/**
 * Refuses a caller without the right to a route. A wrong token is refused even where none is needed:
 * its sender means another colony.
 *
 * @throws {ServerError} `SERVER_UNAUTHENTICATED`
 */
export function admitCaller(request: HttpRequest, access: RouteAccess, admission: Admission): void {
  if (access === 'open') return;
  const token = admission.checkToken(request.headers.authorization);
  if (token === 'right') return;
  const needless =
    token === 'absent' &&
    access === 'telemetry' &&
    admission.loopbackWithoutToken &&
    isDirectFromLoopback(request);
  if (needless) return;
  throw new ServerError(
    'SERVER_UNAUTHENTICATED',
    token === 'absent'
      ? 'This needs the colony’s token: send "Authorization: Bearer <token>". `coral colony env` prints it for senders of telemetry.'
      : 'The token is not this colony’s. `coral colony env` prints the right one.',
    { details: { token } },
  );
}

/** A proxy on this machine speaks for somebody elsewhere, who is not on the loopback. */
function isDirectFromLoopback(request: HttpRequest): boolean {
  const { headers, socket } = request;
  const proxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return !proxied && isLoopbackAddress(socket.remoteAddress);
}
