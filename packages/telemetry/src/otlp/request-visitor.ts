import type { DecodeLimits } from '../decode-options.js';
import type { RejectionReason } from '../rejection.js';
import type { KnownResource, SeriesInterner } from '../series-interner.js';

/**
 * Who takes what a request of any signal holds: requests differ only in the items of their scopes.
 *
 * @typeParam Item a message in its encoding: where its bytes end, or a parsed object.
 */
export interface RequestVisitor<Item> {
  readonly limits: DecodeLimits;
  /** Where resources that were seen before are found again. */
  readonly interner: SeriesInterner;
  /** Says whose items follow, or why none of them can be stored. */
  beginResource(resource: KnownResource | RejectionReason): void;
  beginScope(name: string): void;
  /** A metric, a span or a log record. */
  readItem(item: Item): void;
}
