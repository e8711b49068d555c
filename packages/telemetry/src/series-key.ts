import { hash } from 'node:crypto';
import type { SeriesDescriptor } from './points.js';

/** The part of a series' identity that all points of a metric share. */
export type SeriesIdentity = Pick<
  SeriesDescriptor,
  'scope' | 'metricName' | 'kind' | 'unit' | 'temporality' | 'monotonic' | 'bounds'
>;

/*
 * Keys are digests of digests (resource, then metric, then attributes), so that the cost of a new
 * series does not grow with its resource: a hostile sender could otherwise make us hash one large
 * resource once per point. Names are JSON strings, hence no two identities share a text.
 *
 * A change here gives every stored series a new key: treat it as a change of format.
 */

export function resourceDigest(canonicalResource: string): string {
  return digest(canonicalResource);
}

export function identityDigest(resource: string, identity: SeriesIdentity): string {
  return digest(
    [
      resource,
      JSON.stringify(identity.scope),
      JSON.stringify(identity.metricName),
      identity.kind,
      JSON.stringify(identity.unit),
      identity.temporality,
      identity.monotonic,
      identity.bounds.join(','),
    ].join('\n'),
  );
}

export function seriesKey(identity: string, canonicalAttributes: string): string {
  return digest(`${identity}\n${canonicalAttributes}`);
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}
