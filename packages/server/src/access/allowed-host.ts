import { isIP } from 'node:net';
import { isLoopbackAddress, unmapIpv4 } from './loopback.js';

/**
 * Tells whether a Host header (HTTP/1.1) or :authority (HTTP/2) names this colony.
 *
 * A page in the operator's browser can point a name of its own at 127.0.0.1 (DNS rebinding) and then
 * reach the colony as its own origin; what it cannot change is the name in this header. So only
 * names that are ours count: localhost, any loopback address, the address the connection came in
 * on, and what the operator allows. The port does not matter: it cannot be rebound.
 */
export function isHostAllowed(
  authority: string | undefined,
  options: { localAddress: string | undefined; allowedHosts: readonly string[] },
): boolean {
  const host = hostOf(authority);
  if (host === undefined) return false;
  if (host === 'localhost' || isLoopbackAddress(host)) return true;
  if (
    isIP(host) &&
    options.localAddress !== undefined &&
    unmapIpv4(options.localAddress) === host
  ) {
    return true;
  }
  return options.allowedHosts.some((allowed) => hostOf(allowed) === host);
}

/**
 * The host of `host`, `host:port`, `1.2.3.4:port` or `[::1]:port` in comparable form: lower case,
 * without port, brackets and the root's dot; undefined when it is none of these.
 */
export function hostOf(authority: string | undefined): string | undefined {
  if (authority === undefined) return undefined;
  const text = authority.trim().toLowerCase();
  if (isIP(text)) return unmapIpv4(text);
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? unmapIpv4(bracketed) : undefined;
  return /^([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::\d{1,5})?$/.exec(text)?.[1];
}
