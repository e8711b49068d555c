import { resourceFromEntries } from '../../describe-resource.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource } from '../../series-interner.js';
import { resourceAttributeLimits } from '../attribute-limits.js';
import type { RequestVisitor } from '../request-visitor.js';
import { jsonAttributes } from './json-attributes.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';

/** What the levels of a request are called. */
export interface RequestNames {
  /** Such as `resourceMetrics`. */
  readonly resources: string;
  /** Such as `scopeMetrics`. */
  readonly scopes: string;
  /** Such as `metrics`. */
  readonly items: string;
}

/** Walks an export request of any signal in parsed JSON: resources, their scopes, their items. */
export function walkJsonRequest(
  cursor: JsonCursor,
  request: unknown,
  names: RequestNames,
  visitor: RequestVisitor<JsonObject>,
): void {
  cursor.eachMessage(cursor.object(request), names.resources, (ofResource) => {
    visitor.beginResource(readResource(cursor, ofResource, visitor));
    cursor.eachMessage(ofResource, names.scopes, (ofScope) => {
      const scope = cursor.message(ofScope, 'scope');
      visitor.beginScope(
        scope === undefined ? '' : cursor.at('scope', () => cursor.string(scope, 'name')),
      );
      cursor.eachMessage(ofScope, names.items, (item) => visitor.readItem(item));
    });
  });
}

function readResource(
  cursor: JsonCursor,
  ofResource: JsonObject,
  { interner, limits }: RequestVisitor<JsonObject>,
): KnownResource | RejectionReason {
  const entries = cursor.at('resource', () =>
    jsonAttributes(
      cursor,
      cursor.object(cursor.field(ofResource, 'resource') ?? {}),
      resourceAttributeLimits(limits),
    ),
  );
  if (typeof entries === 'string') return entries;
  if (interner.resourcesAdded >= limits.maxResources) return 'too_many_resources';
  return interner.resource(resourceFromEntries(entries));
}
