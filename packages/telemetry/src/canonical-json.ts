/**
 * A value of an attribute, as OpenTelemetry's AnyValue has them. A `bigint` is an int64; a
 * `Uint8Array` is bytes.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** An attribute whose value already is canonical JSON. */
export interface CanonicalEntry {
  readonly key: string;
  readonly json: string;
}

/**
 * Writes attributes as the one JSON text that equal attributes share.
 *
 * Keys are sorted by UTF-16 code units at every level, without white space. Whole numbers beyond
 * ±2^53 that came as integers are strings, since JSON readers would round them; NaN and the
 * infinities are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; bytes are base64.
 *
 * @example canonicalAttributes({ 'http.route': '/', code: 200 }) // '{"code":200,"http.route":"/"}'
 */
export function canonicalAttributes(attributes: Attributes): string {
  return canonicalObject(
    Object.entries(attributes).map(([key, value]) => ({ key, json: canonicalJson(value) })),
  );
}

/** Sorts entries into a JSON object; of entries with the same key the last one counts. */
export function canonicalObject(entries: CanonicalEntry[]): string {
  entries.sort(byKey);
  let text = '{';
  for (let i = 0; i < entries.length; i++) {
    const { key, json } = entries[i]!;
    // The sort is stable, so the last of equal keys is the last one that was sent.
    if (entries[i + 1]?.key === key) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${json}`;
  }
  return text + '}';
}

/** JSON of a floating-point number, with strings for what JSON has no number for. */
export function canonicalDouble(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/** JSON of an int64: a number while JSON readers keep it exact, a string beyond. */
export function canonicalInteger(value: number | bigint): string {
  return Number.isSafeInteger(Number(value)) ? String(value) : `"${BigInt(value)}"`;
}

function byKey(a: CanonicalEntry, b: CanonicalEntry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function canonicalJson(value: AttributeValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'number':
      return canonicalDouble(value);
    case 'bigint':
      return canonicalInteger(value);
    case 'object':
      if (value instanceof Uint8Array) return canonicalBytes(value);
      if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return canonicalAttributes(value);
    default:
      throw new TypeError(`An attribute cannot be of type ${typeof value}`);
  }
}

/** JSON of bytes: base64 in a string, as in protobuf's JSON mapping. */
export function canonicalBytes(value: Uint8Array): string {
  return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
