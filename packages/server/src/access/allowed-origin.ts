import { hostOf } from './allowed-host.js';

/** The headers by which a browser says on whose behalf it asks. */
export interface OriginHeaders {
  readonly origin?: string | undefined;
  readonly secFetchSite?: string | undefined;
}

/**
 * Tells whether a request may come from where its browser says it comes from.
 *
 * Programs send neither header and pass. A browser sends Origin with everything but plain GETs, and
 * Sec-Fetch-Site with all: only pages of the colony itself (same host and port as asked for) and of
 * hosts that the operator allows pass. `Origin: null` (sandboxed frames, local files) never does.
 *
 * Source: the Fetch standard; W3C Fetch Metadata (`none` is the user's own address bar).
 */
export function isOriginAllowed(
  headers: OriginHeaders,
  options: { authority: string | undefined; allowedHosts: readonly string[] },
): boolean {
  const { origin, secFetchSite } = headers;
  if (origin === undefined) {
    return secFetchSite === undefined || secFetchSite === 'none' || secFetchSite === 'same-origin';
  }
  const asked = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin)?.[1];
  if (asked === undefined) return false;
  if (options.authority !== undefined && asked.toLowerCase() === options.authority.toLowerCase()) {
    return true;
  }
  const host = hostOf(asked);
  return host !== undefined && options.allowedHosts.some((allowed) => hostOf(allowed) === host);
}
