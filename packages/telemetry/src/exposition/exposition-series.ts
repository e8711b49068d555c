import { ByteTable } from '../byte-table.js';
import { canonicalAttributes } from '../canonical-json.js';
import type { DecodeLimits } from '../decode-options.js';
import type { LabelMapping } from '../prometheus/label-mapping.js';
import { isOfFamily, MetricTypes } from '../prometheus/metric-types.js';
import type { PrometheusType } from '../prometheus/metric-types.js';
import type { RejectionReason } from '../rejection.js';
import { LabelSeries } from '../remote-write/label-series.js';

/** When the samples of one metric began to count, as its `_created` says in a scrape. */
export interface Beginning {
  startTimeUs: number;
  /** The scrape that said so. */
  batch: number;
}

/** What is to be done with the samples of one line. */
export interface SampleSlot {
  /** Number of the series; -1 for `_created`, which is none. */
  readonly series: number;
  /** Where `_created` is noted; absent where nothing has one. */
  readonly beginning: Beginning | undefined;
}

/** Where a line stands. */
export interface Family {
  readonly type: PrometheusType;
  /** How much of the name the family's name takes; 0 outside any family. */
  readonly familyLength: number;
  /** Whether `_created` may tell when a counter began: OpenMetrics alone. */
  readonly hasBeginnings: boolean;
}

/** What a line costs beyond its series and its text: slot, map entries. A guess. */
const entryBytes = 150;

/** What an {@link ExpositionSeries} is made for. */
export interface ExpositionSeriesOptions {
  /** Labels of everything that the target serves. */
  readonly labels: Readonly<Record<string, string>>;
  readonly mapping: LabelMapping;
  readonly limits: DecodeLimits;
  readonly maxCacheBytes: number;
}

/**
 * The series of one target by the raw bytes of their lines up to the value: a known line is a
 * look-up, a new one is read and becomes what it would be in remote write. Starts over when it has
 * grown too large.
 */
export class ExpositionSeries {
  readonly #options: ExpositionSeriesOptions;
  readonly #labels: ReadonlyMap<string, string>;
  #series!: LabelSeries;
  #raw!: ByteTable;
  #slots: SampleSlot[] = [];
  #beginnings = new Map<string, Beginning>();
  #textBytes = 0;
  #batch = 0;

  constructor(options: ExpositionSeriesOptions) {
    this.#options = options;
    this.#labels = new Map(Object.entries(options.labels));
    this.#clear();
  }

  /** Series by their numbers, which are valid until the next {@link beginScrape}. */
  get series(): LabelSeries {
    return this.#series;
  }

  /** Number of the scrape that is being read. */
  get batch(): number {
    return this.#batch;
  }

  get sizeBytes(): number {
    return this.#series.sizeBytes + this.#raw.sizeBytes + this.#textBytes;
  }

  beginScrape(): void {
    if (this.sizeBytes > this.#options.maxCacheBytes) this.#clear();
    this.#batch += 1;
    this.#series.beginBatch();
  }

  /**
   * What to do with a line that is known, by its bytes up to the value.
   *
   * @param context sets apart lines that mean something else although they are the same.
   */
  find(context: number, view: DataView, from: number, to: number): SampleSlot | undefined {
    const slot = this.#raw.find(context, view, from, to);
    return slot < 0 ? undefined : this.#slots[slot];
  }

  /** Lets these bytes lead to a slot. */
  remember(context: number, view: DataView, from: number, to: number, slot: SampleSlot): void {
    this.#raw.add(context, view, from, to, this.#slots.push(slot) - 1);
    this.#textBytes += entryBytes;
  }

  /**
   * Describes a line that is not known, or says why it cannot be stored.
   *
   * @param labels the line's own; changed.
   */
  describe(
    name: string,
    labels: Map<string, string>,
    { type, familyLength, hasBeginnings }: Family,
  ): SampleSlot | RejectionReason {
    const suffix = name.slice(familyLength);
    const told = familyLength > 0 && isOfFamily(type, suffix) ? type : 'unknown';
    const beginning =
      hasBeginnings && (told === 'counter' || told === 'histogram' || told === 'summary')
        ? this.#beginning(name.slice(0, familyLength), labels)
        : undefined;
    if (beginning !== undefined && suffix === '_created') return { series: -1, beginning };
    this.#addTargetLabels(labels);
    labels.set('__name__', name);
    const series = this.#series.resolve(labels, { type: told, isNative: false });
    if (typeof series === 'string') return series;
    const isGauge = this.#series.descriptor(series).kind === 'gauge';
    return { series, beginning: isGauge ? undefined : beginning };
  }

  /** The target's labels win; those of the line that are in their way are renamed. */
  #addTargetLabels(labels: Map<string, string>): void {
    for (const name of this.#labels.keys()) {
      const own = labels.get(name);
      labels.delete(name);
      if (own !== undefined) {
        let aside = `exported_${name}`;
        while (labels.has(aside) || this.#labels.has(aside)) aside = `exported_${aside}`;
        labels.set(aside, own);
      }
    }
    for (const [name, value] of this.#labels) if (value !== '') labels.set(name, value);
  }

  /** The buckets of a histogram have one beginning, so their bounds do not count. */
  #beginning(family: string, labels: ReadonlyMap<string, string>): Beginning {
    const own = [...labels].filter(([name]) => name !== 'le');
    const place = `${family}\n${canonicalAttributes(Object.fromEntries(own))}`;
    const known = this.#beginnings.get(place);
    if (known !== undefined) return known;
    const beginning = { startTimeUs: 0, batch: -1 };
    this.#beginnings.set(place, beginning);
    this.#textBytes += place.length * 2 + entryBytes;
    return beginning;
  }

  #clear(): void {
    const { limits, mapping } = this.#options;
    // Types come with the text, and what is kept is bounded here.
    this.#series = new LabelSeries(limits, mapping, new MetricTypes(), Infinity);
    this.#raw = new ByteTable();
    this.#slots = [];
    this.#beginnings = new Map();
    this.#textBytes = 0;
  }
}
