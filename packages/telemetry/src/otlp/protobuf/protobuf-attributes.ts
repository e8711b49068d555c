import type { RejectionReason } from '../../rejection.js';
import type { KnownMetric, SeriesInterner } from '../../series-interner.js';
import { WireReader } from '../../wire/wire-reader.js';
import type { AttributeLimits } from '../attribute-limits.js';
import type { AttributeSource } from '../metrics-sink.js';
import { resolveAttributes } from '../resolve-attributes.js';
import { readAttributes } from './read-attributes.js';

/**
 * The attributes of one point as a stretch of bytes, which is parsed only when the interner does
 * not know it.
 */
export class ProtobufAttributes implements AttributeSource {
  readonly #reader: WireReader;
  readonly #limits: AttributeLimits;
  #field = 0;
  #from = 0;
  #to = 0;
  /** Further stretches (start, end, start, …): no encoder that we know scatters a field, but may. */
  readonly #scattered: number[] = [];

  constructor(reader: WireReader, limits: AttributeLimits) {
    this.#reader = reader;
    this.#limits = limits;
  }

  /** Makes ready for a point whose attributes are in this field. */
  reset(field: number): void {
    this.#field = field;
    this.#from = 0;
    this.#to = 0;
    this.#scattered.length = 0;
  }

  /** Takes the KeyValue whose tag the reader has just read. */
  take(end: number): void {
    const reader = this.#reader;
    const from = reader.tagStart;
    const to = reader.skipBytes(end);
    if (this.#to === 0) {
      this.#from = from;
      this.#to = to;
    } else if (this.#scattered.length === 0 && from === this.#to) {
      this.#to = to;
    } else if (this.#scattered.length <= this.#limits.maxAttributes * 2) {
      this.#scattered.push(from, to);
    }
  }

  resolve(
    metric: KnownMetric,
    interner: SeriesInterner,
    mayAdd: boolean,
  ): number | RejectionReason {
    return this.#scattered.length === 0
      ? this.#resolve(this.#reader, this.#from, this.#to, metric, interner, mayAdd)
      : this.#resolveScattered(metric, interner, mayAdd);
  }

  #resolve(
    source: WireReader,
    from: number,
    to: number,
    metric: KnownMetric,
    interner: SeriesInterner,
    mayAdd: boolean,
  ): number | RejectionReason {
    const known = interner.seriesOfBytes(metric, source.view, from, to);
    if (known >= 0) return known;
    const next = source.pos;
    const entries = readAttributes(source, this.#field, from, to, this.#limits);
    source.pos = next;
    if (typeof entries === 'string') return entries;
    const series = resolveAttributes(metric, interner, entries, mayAdd);
    if (typeof series === 'number') interner.rememberBytes(metric, source.view, from, to, series);
    return series;
  }

  #resolveScattered(
    metric: KnownMetric,
    interner: SeriesInterner,
    mayAdd: boolean,
  ): number | RejectionReason {
    const stretches = [this.#from, this.#to, ...this.#scattered];
    const { bytes } = this.#reader;
    const parts: Uint8Array[] = [];
    for (let i = 0; i < stretches.length; i += 2) {
      parts.push(bytes.subarray(stretches[i], stretches[i + 1]));
    }
    const joined = Buffer.concat(parts);
    const source = new WireReader(joined, this.#from);
    return this.#resolve(source, 0, joined.length, metric, interner, mayAdd);
  }
}
