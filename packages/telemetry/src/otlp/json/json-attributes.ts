import type { CanonicalEntry } from '../../canonical-json.js';
import {
  canonicalBytes,
  canonicalDouble,
  canonicalInteger,
  canonicalObject,
} from '../../canonical-json.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownMetric, SeriesInterner } from '../../series-interner.js';
import type { AttributeLimits } from '../attribute-limits.js';
import type { AttributeSource } from '../metrics-sink.js';
import { resolveAttributes } from '../resolve-attributes.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';

/** The attributes of one point in parsed JSON. */
export class JsonAttributes implements AttributeSource {
  #point: JsonObject = {};
  /** What they were found to be, so that a summary's parts do not read them again. */
  #canonical: { readonly json: string } | RejectionReason | undefined;
  readonly #cursor: JsonCursor;
  readonly #limits: AttributeLimits;

  constructor(cursor: JsonCursor, limits: AttributeLimits) {
    this.#cursor = cursor;
    this.#limits = limits;
  }

  /** Makes ready for a point. */
  reset(point: JsonObject): void {
    this.#point = point;
    this.#canonical = undefined;
  }

  resolve(
    metric: KnownMetric,
    interner: SeriesInterner,
    mayAdd: boolean,
  ): number | RejectionReason {
    const canonical = (this.#canonical ??= this.#read());
    if (typeof canonical === 'string') return canonical;
    return resolveAttributes(metric, interner, canonical.json, mayAdd);
  }

  #read(): { readonly json: string } | RejectionReason {
    const entries = jsonAttributes(this.#cursor, this.#point, this.#limits);
    return typeof entries === 'string' ? entries : { json: canonicalObject(entries) };
  }
}

/** Reads the field `attributes` of an object as canonical entries, in the order of the document. */
export function jsonAttributes(
  cursor: JsonCursor,
  object: JsonObject,
  limits: AttributeLimits,
): CanonicalEntry[] | RejectionReason {
  const values = new JsonAnyValues(cursor, limits);
  const entries: CanonicalEntry[] = [];
  let rejection: RejectionReason | undefined;
  cursor.eachMessage(object, 'attributes', (keyValue) => {
    if (rejection !== undefined) return;
    if (entries.length === limits.maxAttributes) {
      rejection = 'too_many_attributes';
      return;
    }
    const entry = values.keyValue(keyValue, 1);
    rejection = values.rejection;
    if (entry.key.length + entry.json.length > limits.maxLength) rejection ??= 'attribute_too_long';
    entries.push(entry);
  });
  return rejection ?? entries;
}

/** Turns one AnyValue into canonical JSON; undefined when it is more than the limits allow. */
export function jsonAnyValue(
  cursor: JsonCursor,
  value: JsonObject,
  limits: AttributeLimits,
): string | undefined {
  const values = new JsonAnyValues(cursor, limits);
  const json = values.value(value, 1);
  return values.rejection === undefined ? json : undefined;
}

/** Turns AnyValue messages into canonical JSON; once `rejection` is set, results mean nothing. */
class JsonAnyValues {
  rejection: RejectionReason | undefined;
  readonly #cursor: JsonCursor;
  readonly #limits: AttributeLimits;

  constructor(cursor: JsonCursor, limits: AttributeLimits) {
    this.#cursor = cursor;
    this.#limits = limits;
  }

  keyValue(keyValue: JsonObject, depth: number): CanonicalEntry {
    const key = this.#cursor.string(keyValue, 'key');
    if (key.length > this.#limits.maxLength) this.#reject('attribute_too_long');
    const value = this.#cursor.message(keyValue, 'value');
    const json =
      value === undefined ? 'null' : this.#cursor.at('value', () => this.value(value, depth));
    return { key, json };
  }

  value(value: JsonObject, depth: number): string {
    if (depth > this.#limits.maxDepth) return this.#reject('attribute_too_deep');
    const cursor = this.#cursor;
    // By far the most frequent kind, spared the closures.
    const text = value['stringValue'];
    if (typeof text === 'string') return this.#string(cursor.text(text));
    const read = <T>(name: string, convert: (value: unknown) => T): T | undefined => {
      const field = cursor.field(value, name);
      return field === undefined ? undefined : cursor.at(name, () => convert(field));
    };
    return (
      read('stringValue', (string) => this.#string(cursor.text(string))) ??
      read('boolValue', () => String(cursor.boolean(value, 'boolValue'))) ??
      read('intValue', (integer) => canonicalInteger(cursor.int64Value(integer))) ??
      read('doubleValue', (double) => canonicalDouble(cursor.doubleValue(double))) ??
      read('arrayValue', (array) => this.#array(cursor.object(array), depth)) ??
      read('kvlistValue', (map) => this.#map(cursor.object(map), depth)) ??
      read('bytesValue', (bytes) => this.#bytes(cursor.text(bytes))) ??
      'null'
    );
  }

  #string(text: string): string {
    if (text.length > this.#limits.maxLength) return this.#reject('attribute_too_long');
    return JSON.stringify(text);
  }

  /** Base64 in either alphabet, with or without padding, becomes the standard form. */
  #bytes(base64: string): string {
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) return this.#cursor.fail('base64');
    return canonicalBytes(Buffer.from(base64, 'base64'));
  }

  #array(array: JsonObject, depth: number): string {
    const items: string[] = [];
    let length = 0;
    this.#cursor.eachMessage(array, 'values', (value) => {
      if (this.rejection !== undefined) return;
      const json = this.value(value, depth + 1);
      length += json.length + 1;
      if (length > this.#limits.maxLength) this.#reject('attribute_too_long');
      items.push(json);
    });
    return `[${items.join(',')}]`;
  }

  #map(map: JsonObject, depth: number): string {
    const entries: CanonicalEntry[] = [];
    let length = 0;
    this.#cursor.eachMessage(map, 'values', (keyValue) => {
      if (this.rejection !== undefined) return;
      const entry = this.keyValue(keyValue, depth + 1);
      length += entry.key.length + entry.json.length + 4;
      if (length > this.#limits.maxLength) this.#reject('attribute_too_long');
      entries.push(entry);
    });
    return canonicalObject(entries);
  }

  #reject(reason: RejectionReason): string {
    this.rejection ??= reason;
    return '';
  }
}
