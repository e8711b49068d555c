import type { SpanColumns, SpanOperation } from '../src/index.js';

/** A span as a row, ids in hexadecimal as everybody writes them. */
export interface SpanRow extends SpanOperation {
  readonly traceId: string;
  readonly spanId: string;
  /** `''` when it has none. */
  readonly parentId: string;
  readonly endTimeUs: number;
  readonly durationUs: number;
  readonly isError: boolean;
}

export function spansOf(spans: SpanColumns): SpanRow[] {
  const hex = (ids: BigUint64Array, index: number) => ids[index]!.toString(16).padStart(16, '0');
  return Array.from({ length: spans.length }, (_, index) => ({
    ...spans.operations[spans.operationIndex[index]!]!,
    traceId: hex(spans.traceHigh, index) + hex(spans.traceLow, index),
    spanId: hex(spans.spanId, index),
    parentId: spans.parentId[index] === 0n ? '' : hex(spans.parentId, index),
    endTimeUs: spans.endTimeUs[index]!,
    durationUs: spans.durationUs[index]!,
    isError: spans.isError[index] === 1,
  }));
}

/** Throws unless the columns keep every promise that their documentation makes. */
export function assertSoundSpans(spans: SpanColumns): void {
  const { length, operations } = spans;
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`Columns are not sound: ${what}`);
  };
  for (const [name, column] of Object.entries(spans)) {
    if (ArrayBuffer.isView(column)) {
      check((column as Uint8Array).length === length, `${name} has another length`);
    }
  }
  const keys = operations.map((operation) => JSON.stringify(operation));
  check(new Set(keys).size === keys.length, 'an operation stands there twice');
  for (const { serviceId, name, kind, protocol, peer } of operations) {
    check(serviceId !== '' && name !== '', 'a name is missing');
    check(
      [serviceId, name, protocol, peer].every((text) => text.isWellFormed()),
      'half a text',
    );
    check(peer === '' || (kind !== 'server' && kind !== 'internal'), `a ${kind} with a peer`);
  }
  const used = new Set(spans.operationIndex);
  check(used.size === operations.length, 'an operation that no span has, or the reverse');
  for (let index = 0; index < length; index++) {
    const at = `span ${index}`;
    check(spans.operationIndex[index]! < operations.length, `${at}: no such operation`);
    check((spans.traceHigh[index]! | spans.traceLow[index]!) !== 0n, `${at}: no trace`);
    check(spans.spanId[index] !== 0n, `${at}: no id`);
    check(Number.isSafeInteger(spans.endTimeUs[index]), `${at}: no time`);
    check(spans.durationUs[index]! >= 0, `${at}: a negative duration`);
    check(spans.isError[index]! <= 1, `${at}: neither failed nor not`);
  }
}
