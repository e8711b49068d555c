import type { CanonicalEntry } from '../../canonical-json.js';
import { canonicalObject } from '../../canonical-json.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownMetric, SeriesInterner } from '../../series-interner.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { AttributeLimits } from '../attribute-limits.js';
import type { AttributeSource } from '../metrics-sink.js';
import { resolveAttributes } from '../resolve-attributes.js';
import { readAttributes } from './read-attributes.js';

/** More than this we would rather parse again than keep: no sender has such attributes. */
const maxRememberedBytes = 65_536;

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
  /** What they were found to be, so that a summary's parts do not parse them again. */
  #canonical: { readonly json: string } | RejectionReason | undefined;

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
    this.#canonical = undefined;
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
    const { view } = this.#reader;
    const from = this.#from;
    const to = this.#to;
    const isRememberable = this.#scattered.length === 0 && to - from <= maxRememberedBytes;
    if (isRememberable) {
      const known = interner.seriesOfBytes(metric, view, from, to);
      if (known >= 0) return known;
    }
    const canonical = (this.#canonical ??= this.#parse());
    if (typeof canonical === 'string') return canonical;
    const series = resolveAttributes(metric, interner, canonical.json, mayAdd);
    if (isRememberable && typeof series === 'number') {
      interner.rememberBytes(metric, view, from, to, series);
    }
    return series;
  }

  #parse(): { readonly json: string } | RejectionReason {
    const reader = this.#reader;
    const next = reader.pos;
    const entries =
      this.#scattered.length === 0
        ? readAttributes(reader, this.#field, this.#from, this.#to, this.#limits)
        : this.#parseScattered();
    reader.pos = next;
    return typeof entries === 'string' ? entries : { json: canonicalObject(entries) };
  }

  #parseScattered(): CanonicalEntry[] | RejectionReason {
    const stretches = [this.#from, this.#to, ...this.#scattered];
    const { bytes } = this.#reader;
    const parts: Uint8Array[] = [];
    for (let i = 0; i < stretches.length; i += 2) {
      parts.push(bytes.subarray(stretches[i], stretches[i + 1]));
    }
    const joined = Buffer.concat(parts);
    const reader = this.#reader.of(joined, this.#from);
    return readAttributes(reader, this.#field, 0, joined.length, this.#limits);
  }
}
