import { resourceFromEntries } from '../../describe-resource.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource } from '../../series-interner.js';
import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import { resourceAttributeLimits } from '../attribute-limits.js';
import type { RequestVisitor } from '../request-visitor.js';
import { readAttributes } from './read-attributes.js';

const fields = {
  request: knownFields(1),
  resourceItems: knownFields(1, 2, 3),
  scopeItems: knownFields(1, 2, 3),
  scope: knownFields(1),
};

/**
 * Walks an export request of any signal: resources (field 1), their scopes (2), their items (2).
 *
 * A message's fields may come in any order, and encoders do put the resource and the scope after
 * what they describe: so each message is crossed once to find them, which skips nested messages
 * whole, and once more to read the rest. Nothing is noted down on the way, so that no message makes
 * us keep more than itself.
 */
export function walkProtobufRequest(reader: WireReader, visitor: RequestVisitor<number>): void {
  const end = reader.bytes.length;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) walkResource(reader, visitor, reader.length(end));
    else reader.skipUnknown(tag, fields.request, end);
  }
}

function walkResource(reader: WireReader, visitor: RequestVisitor<number>, end: number): void {
  const start = reader.pos;
  let count = 0;
  let from = 0;
  let to = 0;
  let hasScopes = false;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) {
      count++;
      to = reader.length(end);
      from = reader.pos;
      reader.pos = to;
    } else if (tag === 0x12 || tag === 0x1a) {
      hasScopes ||= tag === 0x12;
      reader.skipBytes(end);
    } else reader.skipUnknown(tag, fields.resourceItems, end);
  }
  if (!hasScopes) return;
  visitor.beginResource(
    count > 1
      ? readResource(joinedResource(reader, start, end), visitor)
      : readResource(reader, visitor, from, to),
  );
  reader.pos = start;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x12) walkScope(reader, visitor, reader.length(end));
    else reader.skip(tag, end);
  }
}

/** Protobuf merges a message that comes twice, which is what joining its bytes does. */
function joinedResource(reader: WireReader, start: number, end: number): WireReader {
  const bytes = new Uint8Array(end - start);
  let length = 0;
  reader.pos = start;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) {
      const to = reader.length(end);
      // Byte by byte: the parts may be tiny and many.
      for (let at = reader.pos; at < to; at++) bytes[length++] = reader.bytes[at]!;
      reader.pos = to;
    } else reader.skip(tag, end);
  }
  return reader.of(bytes.subarray(0, length), start);
}

function readResource(
  reader: WireReader,
  { interner, limits }: RequestVisitor<number>,
  from = 0,
  to = reader.bytes.length,
): KnownResource | RejectionReason {
  const rawKey = reader.rawKey(from, to);
  const known = interner.resourceOfBytes(rawKey);
  if (known !== undefined) return known;
  const entries = readAttributes(reader, 1, from, to, resourceAttributeLimits(limits));
  if (typeof entries === 'string') return entries;
  if (interner.resourcesAdded >= limits.maxResources) return 'too_many_resources';
  const resource = interner.resource(resourceFromEntries(entries));
  interner.rememberResourceBytes(rawKey, resource);
  return resource;
}

function walkScope(reader: WireReader, visitor: RequestVisitor<number>, end: number): void {
  const start = reader.pos;
  let scope = '';
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) scope = readScope(reader, reader.length(end), scope);
    else if (tag === 0x12 || tag === 0x1a) reader.skipBytes(end);
    else reader.skipUnknown(tag, fields.scopeItems, end);
  }
  visitor.beginScope(scope);
  reader.pos = start;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x12) visitor.readItem(reader.length(end));
    else reader.skip(tag, end);
  }
}

function readScope(reader: WireReader, end: number, nameSoFar: string): string {
  let name = nameSoFar;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) name = reader.string(end);
    else reader.skipUnknown(tag, fields.scope, end);
  }
  return name;
}
