import type { SpanColumns, SpanOperation } from './spans.js';

/** Collects spans into typed arrays that grow as needed. */
export class SpanColumnsBuilder {
  readonly #operations: SpanOperation[] = [];
  #length = 0;
  #capacity = 256;
  #operationIndex = new Uint32Array(this.#capacity);
  /** Four ids a span, each in two words: traceHigh, traceLow, spanId, parentId. */
  #ids = new Uint32Array(this.#capacity * 8);
  #endTimeUs = new Float64Array(this.#capacity);
  #durationUs = new Float64Array(this.#capacity);
  #isError = new Uint8Array(this.#capacity);

  get operationLength(): number {
    return this.#operations.length;
  }

  /** @returns its index */
  addOperation(operation: SpanOperation): number {
    return this.#operations.push(operation) - 1;
  }

  /**
   * @param trace four words of 32 bits, the most significant first; `span` and `parent`: two
   */
  add(
    operation: number,
    trace: Uint32Array,
    span: Uint32Array,
    parent: Uint32Array,
    endTimeUs: number,
    durationUs: number,
    isError: boolean,
  ): void {
    const at = this.#length++;
    if (at === this.#capacity) this.#grow();
    this.#operationIndex[at] = operation;
    this.#ids.set(trace, at * 8);
    this.#ids.set(span, at * 8 + 4);
    this.#ids.set(parent, at * 8 + 6);
    this.#endTimeUs[at] = endTimeUs;
    this.#durationUs[at] = durationUs;
    this.#isError[at] = isError ? 1 : 0;
  }

  build(): SpanColumns {
    const length = this.#length;
    return {
      operations: this.#operations,
      length,
      operationIndex: this.#operationIndex.slice(0, length),
      traceHigh: this.#idColumn(0),
      traceLow: this.#idColumn(1),
      spanId: this.#idColumn(2),
      parentId: this.#idColumn(3),
      endTimeUs: this.#endTimeUs.slice(0, length),
      durationUs: this.#durationUs.slice(0, length),
      isError: this.#isError.slice(0, length),
    };
  }

  /** A BigInt per id would cost more than all the rest: their halves are put where theirs are. */
  #idColumn(id: number): BigUint64Array {
    const column = new BigUint64Array(this.#length);
    const halves = new Uint32Array(column.buffer);
    for (let at = 0; at < this.#length; at++) {
      const from = at * 8 + id * 2;
      halves[at * 2 + lowHalf] = this.#ids[from + 1]!;
      halves[at * 2 + 1 - lowHalf] = this.#ids[from]!;
    }
    return column;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#operationIndex = grown(this.#operationIndex, new Uint32Array(this.#capacity));
    this.#ids = grown(this.#ids, new Uint32Array(this.#capacity * 8));
    this.#endTimeUs = grown(this.#endTimeUs, new Float64Array(this.#capacity));
    this.#durationUs = grown(this.#durationUs, new Float64Array(this.#capacity));
    this.#isError = grown(this.#isError, new Uint8Array(this.#capacity));
  }
}

/** Where the lower half of a 64-bit number lies in memory: 0 on every machine that we know. */
const lowHalf = new Uint32Array(new BigUint64Array([1n]).buffer)[0] === 1 ? 0 : 1;

function grown<A extends { set(values: A): void }>(from: A, into: A): A {
  into.set(from);
  return into;
}
