/** A value of Thrift's compact protocol: its type there, and its bytes. */
export interface ThriftValue {
  readonly type: number;
  readonly bytes: readonly number[];
}

/** @param value a whole number, 0 or more */
export function i32(value: number): ThriftValue {
  return { type: 5, bytes: varint(value * 2) };
}

/** @param value a whole number, 0 or more, exact up to 2^52 */
export function i64(value: number): ThriftValue {
  return { type: 6, bytes: varint(value * 2) };
}

export function text(value: string): ThriftValue {
  const bytes = Buffer.from(value);
  return { type: 8, bytes: [...varint(bytes.length), ...bytes] };
}

/** @param values one at least, of one type */
export function list(values: readonly ThriftValue[]): ThriftValue {
  const { type } = values[0]!;
  const { length } = values;
  const header = length < 15 ? [(length << 4) | type] : [0xf0 | type, ...varint(length)];
  return { type: 9, bytes: [...header, ...values.flatMap(({ bytes }) => bytes)] };
}

/** @param fields by their ids, which lie at most 15 apart */
export function struct(fields: Readonly<Record<number, ThriftValue>>): ThriftValue {
  const bytes: number[] = [];
  let last = 0;
  for (const [key, value] of Object.entries(fields)) {
    const id = Number(key);
    bytes.push(((id - last) << 4) | value.type, ...value.bytes);
    last = id;
  }
  return { type: 12, bytes: [...bytes, 0] };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
