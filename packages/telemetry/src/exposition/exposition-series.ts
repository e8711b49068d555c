import { ByteTable } from '../byte-table.js';
import { canonicalAttributes } from '../canonical-json.js';
import type { DecodeLimits } from '../decode-options.js';
import { describeResource } from '../describe-resource.js';
import { quantileSuffix } from '../otlp/quantile-suffix.js';
import type { LabelMapping } from '../prometheus/label-mapping.js';
import { mapLabels } from '../prometheus/label-mapping.js';
import { unitOfName } from '../prometheus/unit-of-name.js';
import type { RejectionReason } from '../rejection.js';
import { SeriesInterner } from '../series-interner.js';
import type { KnownResource } from '../series-interner.js';
import { ClassicHistogram } from './classic-histogram.js';
import { isOfFamily, roleOfSample } from './family-type.js';
import type { FamilyType, SampleRole } from './family-type.js';

/** When the samples of one metric began to count, as its `_created` says in a scrape. */
export interface Beginning {
  startTimeUs: number;
  /** The scrape that said so. */
  batch: number;
}

/** What is to be done with the samples of one line. */
export interface SampleSlot {
  readonly role: SampleRole;
  readonly resource: KnownResource;
  /** Number of the series, for a role that stands for itself. */
  readonly series: number;
  /** Where `_created` is noted; absent where nothing has one. */
  readonly beginning: Beginning | undefined;
  /** The histogram that it is a part of. */
  readonly histogram: ClassicHistogram | undefined;
  /** Upper bound of a bucket. */
  readonly bound: number;
}

/** What a line costs beyond its text: slot, map entries, digests. A measured guess. */
const entryBytes = 300;

/**
 * The series of one target by the raw bytes of their lines up to the value: a known line is a
 * look-up, a new one is read and described. Starts over when it has grown too large.
 */
export class ExpositionSeries {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #mapping: LabelMapping;
  readonly #maxBytes: number;
  #interner = new SeriesInterner(Infinity);
  #raw = new ByteTable();
  #slots: SampleSlot[] = [];
  #beginnings = new Map<string, Beginning>();
  #histograms = new Map<string, ClassicHistogram>();
  #textBytes = 0;
  #batch = 0;

  constructor(labels: Readonly<Record<string, string>>, mapping: LabelMapping, maxBytes: number) {
    this.#labels = new Map(Object.entries(labels));
    this.#mapping = mapping;
    this.#maxBytes = maxBytes;
  }

  get interner(): SeriesInterner {
    return this.#interner;
  }

  /** Number of the scrape that is being read. */
  get batch(): number {
    return this.#batch;
  }

  get sizeBytes(): number {
    return this.#interner.sizeBytes + this.#raw.sizeBytes + this.#textBytes;
  }

  beginScrape(): void {
    if (this.sizeBytes > this.#maxBytes) this.#clear();
    this.#batch += 1;
    this.#interner.beginBatch();
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
    { type: familyType, familyLength: prefixLength, hasBeginnings }: Family,
    limits: DecodeLimits,
  ): SampleSlot | RejectionReason {
    if (name.length > limits.maxNameLength) return 'name_too_long';
    const isOf = prefixLength > 0 && isOfFamily(familyType, name.slice(prefixLength));
    const type = isOf ? familyType : 'unknown';
    const familyLength = isOf ? prefixLength : 0;
    const bound = parseNumber(labels.get('le'));
    const quantile = parseNumber(labels.get('quantile'));
    const role = roleOfSample(type, name, name.slice(familyLength), {
      hasBound: !Number.isNaN(bound),
      hasQuantile: quantile >= 0 && quantile <= 1,
    });
    const isPart = role === 'bucket' || role === 'histogram_count' || role === 'histogram_sum';
    if (role === 'bucket') labels.delete('le');
    if (role === 'quantile') labels.delete('quantile');
    this.#addTargetLabels(labels);
    const reason = judgeLabels(labels, limits);
    if (reason !== undefined) return reason;

    const mapped = mapLabels(labels, this.#mapping);
    const resource = this.#interner.resource(describeResource(mapped.resource));
    if (this.#interner.resourcesAdded > limits.maxResources) return 'too_many_resources';
    const attributes = canonicalAttributes(mapped.attributes);
    const family = name.slice(0, familyLength);
    const slot = { role, resource, series: -1, beginning: undefined, histogram: undefined, bound };
    const place = `${family}\n${attributes}\n${resource.digest}`;
    if (role === 'created') return { ...slot, beginning: this.#beginning(place) };
    if (isPart) {
      return { ...slot, histogram: this.#histogram(place, family, attributes, resource) };
    }
    const metricName = role === 'quantile' ? name + quantileSuffix(quantile) : name;
    const metric = this.#interner.metric(resource, {
      scope: '',
      metricName,
      kind: role === 'counter' ? 'sum' : 'gauge',
      unit: unitOfName(name),
      temporality: role === 'counter' ? 'cumulative' : 'unspecified',
      monotonic: role === 'counter',
      bounds: [],
    });
    const known = this.#interner.findSeries(metric, attributes);
    const series = known >= 0 ? known : this.#interner.addSeries(metric, attributes);
    const mayBegin = role === 'counter' && hasBeginnings && familyLength > 0;
    return { ...slot, series, beginning: mayBegin ? this.#beginning(place) : undefined };
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

  #beginning(place: string): Beginning {
    const known = this.#beginnings.get(place);
    if (known !== undefined) return known;
    const beginning = { startTimeUs: 0, batch: -1 };
    this.#beginnings.set(place, beginning);
    this.#textBytes += place.length * 2 + entryBytes;
    return beginning;
  }

  #histogram(
    place: string,
    family: string,
    attributes: string,
    resource: KnownResource,
  ): ClassicHistogram {
    const known = this.#histograms.get(place);
    if (known !== undefined) return known;
    const histogram = new ClassicHistogram(family, attributes, resource, this.#beginning(place));
    this.#histograms.set(place, histogram);
    this.#textBytes += place.length * 2 + entryBytes;
    return histogram;
  }

  #clear(): void {
    this.#interner = new SeriesInterner(Infinity);
    this.#raw = new ByteTable();
    this.#slots = [];
    this.#beginnings = new Map();
    this.#histograms = new Map();
    this.#textBytes = 0;
  }
}

/** Where a line stands. */
export interface Family {
  readonly type: FamilyType;
  /** How much of the name the family's name takes; 0 outside any family. */
  readonly familyLength: number;
  /** Whether `_created` may tell when a counter began: OpenMetrics alone. */
  readonly hasBeginnings: boolean;
}

function judgeLabels(
  labels: ReadonlyMap<string, string>,
  { maxAttributes, maxAttributeLength }: DecodeLimits,
): RejectionReason | undefined {
  if (labels.size > maxAttributes) return 'too_many_attributes';
  for (const [name, value] of labels) {
    if (name.length + value.length > maxAttributeLength) return 'attribute_too_long';
  }
  return undefined;
}

/** NaN when it is none. */
function parseNumber(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return NaN;
  if (/^\+?inf(?:inity)?$/i.test(text)) return Infinity;
  return Number(text);
}
