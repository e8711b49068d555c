import type { SpanColumns, SpanKind, SpanOperation } from '../../src/index.js';

/** A span as a test says it; ids are small numbers. */
export interface TestSpan {
  readonly trace: number;
  readonly id: number;
  /** Default 0: none. */
  readonly parent?: number;
  readonly service: string;
  readonly name?: string;
  /** Default internal. */
  readonly kind?: SpanKind;
  readonly protocol?: string;
  readonly peer?: string;
  readonly endMs: number;
  /** Default 1. */
  readonly durationMs?: number;
  readonly isError?: boolean;
}

/** Columns of spans, in the order given. */
export function spanColumns(spans: readonly TestSpan[]): SpanColumns {
  const operations: SpanOperation[] = [];
  const indexes = new Map<string, number>();
  const operationIndex = Uint32Array.from(spans, (span) => {
    const operation: SpanOperation = {
      serviceId: span.service,
      name: span.name ?? 'work',
      kind: span.kind ?? 'internal',
      protocol: span.protocol ?? '',
      peer: span.peer ?? '',
    };
    const key = JSON.stringify(operation);
    const index = indexes.get(key) ?? operations.push(operation) - 1;
    indexes.set(key, index);
    return index;
  });
  const ids = (id: (span: TestSpan) => number) =>
    BigUint64Array.from(spans, (span) => BigInt(id(span)));
  return {
    operations,
    length: spans.length,
    operationIndex,
    traceHigh: ids(() => 7).map((seven) => seven + (1n << 63n)),
    traceLow: ids(({ trace }) => trace),
    spanId: ids(({ id }) => id),
    parentId: ids(({ parent = 0 }) => parent),
    endTimeUs: Float64Array.from(spans, ({ endMs }) => endMs * 1000),
    durationUs: Float64Array.from(spans, ({ durationMs = 1 }) => durationMs * 1000),
    isError: Uint8Array.from(spans, ({ isError }) => (isError ? 1 : 0)),
  };
}
