import { HeapArena, type ByteArena } from '../byte-arena.js';
import { ByteTable } from '../byte-table.js';
import type { DecodeLimits } from '../decode-options.js';
import { canonicalAttributes } from '../canonical-json.js';
import { describeResource } from '../describe-resource.js';
import type { ResourceDescriptor, SeriesDescriptor } from '../points.js';
import { mapLabels } from '../prometheus/label-mapping.js';
import type { LabelMapping } from '../prometheus/label-mapping.js';
import type { MetricTypes, PrometheusType } from '../prometheus/metric-types.js';
import { identifyNative, identifyNumber } from '../prometheus/series-identity.js';
import type { RejectionReason } from '../rejection.js';
import { identityDigest, resourceDigest, seriesKey } from '../series-key.js';
import type { SeriesIdentity } from '../series-key.js';

/** A resource as it is known here. */
interface LabelResource {
  readonly descriptor: ResourceDescriptor;
  readonly digest: string;
  /** Digest of each metric that it sent, by everything that identifies the metric. */
  readonly metrics: Map<string, { identity: SeriesIdentity; digest: string }>;
  /** The batch that it was seen in last. */
  batch: number;
}

/** What the sender says of a series beside its labels. */
export interface SeriesHints {
  readonly type: PrometheusType;
  /** Whether samples of it are native histograms. */
  readonly isNative: boolean;
  /** Bounds of a native histogram with buckets of its own choice; absent for all others. */
  readonly bounds?: readonly number[];
}

/** What a series costs beyond its texts: objects, map slots, digests. A measured guess. */
const entryBytes = 500;

/**
 * The series of remote write by the raw bytes of their labels: a sample of a known series costs a
 * look-up. Numbers are valid until the next {@link beginBatch}.
 */
export class LabelSeries {
  readonly #maxBytes: number;
  readonly #limits: DecodeLimits;
  readonly #mapping: LabelMapping;
  readonly #types: MetricTypes;
  readonly #arena: ByteArena;
  #raw: ByteTable;
  #descriptors: SeriesDescriptor[] = [];
  #resourceOf: LabelResource[] = [];
  #numberByKey = new Map<string, number>();
  #resources = new Map<string, LabelResource>();
  #textBytes = 0;
  #batch = 0;
  #resourcesAdded = 0;
  /** Version of the types by which the raw bytes were understood. */
  #typesVersion = 0;
  /** Per series: the batch that used it last, and its index there. */
  #usedIn = new Uint32Array(64);
  #indexes = new Uint32Array(64);
  readonly #seenResources: ResourceDescriptor[] = [];

  constructor(
    limits: DecodeLimits,
    mapping: LabelMapping,
    types: MetricTypes,
    maxBytes = 64 * 1024 * 1024,
    arena: ByteArena = new HeapArena(),
  ) {
    this.#arena = arena;
    this.#raw = new ByteTable(arena);
    this.#limits = limits;
    this.#mapping = mapping;
    this.#types = types;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#descriptors.length;
  }

  get sizeBytes(): number {
    return this.#textBytes + this.#raw.sizeBytes;
  }

  /** Starts a batch, and starts over when there is more than we may keep. */
  beginBatch(): void {
    if (this.sizeBytes > this.#maxBytes) this.#clear();
    this.#batch++;
    this.#resourcesAdded = 0;
    this.#seenResources.length = 0;
  }

  /** The resources of this batch. */
  takeResources(): ResourceDescriptor[] {
    return this.#seenResources.splice(0);
  }

  /**
   * The number of the series with these raw labels, or -1 when they have to be read.
   *
   * @param context sets apart bytes that mean something else although they are the same.
   */
  find(context: number, view: DataView, from: number, to: number): number {
    this.#forgetOtherTypes();
    return this.#raw.find(context, view, from, to);
  }

  /**
   * Where in the arena the raw labels lie that came after those found last when they were new; -1: nothing
   * did.
   */
  expectedAt(): number {
    this.#forgetOtherTypes();
    return this.#raw.nextAt;
  }

  /** The number of the series with those raw labels, which thereby are those found last. */
  takeExpected(): number {
    return this.#raw.takeNext();
  }

  /** A type that became known makes another series of the same bytes. */
  #forgetOtherTypes(): void {
    if (this.#typesVersion === this.#types.version) return;
    this.#typesVersion = this.#types.version;
    this.#raw = new ByteTable(this.#arena);
  }

  /** Lets these raw labels lead to a series. */
  remember(context: number, view: DataView, from: number, to: number, number: number): void {
    this.#raw.add(context, view, from, to, number);
  }

  /**
   * The number of the series with these labels, new or not, or why there cannot be one.
   *
   * @param labels takes part as it is and is changed; `__name__` included.
   */
  resolve(labels: Map<string, string>, hints: SeriesHints): number | RejectionReason {
    const name = labels.get('__name__') ?? '';
    labels.delete('__name__');
    const reason = this.#judge(name, labels);
    if (reason !== undefined) return reason;
    const identity = this.#identify(name, labels, hints);
    const { resource: resourceLabels, attributes } = mapLabels(labels, this.#mapping);
    const resource = this.#resource(canonicalAttributes(resourceLabels), resourceLabels);
    if (resource === undefined) return 'too_many_resources';
    const metric = this.#metric(resource, identity);
    const text = canonicalAttributes(attributes);
    const key = seriesKey(metric.digest, text);
    return this.#numberByKey.get(key) ?? this.#add(key, resource, metric.identity, text);
  }

  descriptor(number: number): SeriesDescriptor {
    return this.#descriptors[number]!;
  }

  /** Index of a series in the current batch, or -1. */
  indexInBatch(number: number): number {
    return this.#usedIn[number] === this.#batch ? this.#indexes[number]! : -1;
  }

  setIndexInBatch(number: number, index: number): void {
    this.#usedIn[number] = this.#batch;
    this.#indexes[number] = index;
    const resource = this.#resourceOf[number]!;
    if (resource.batch !== this.#batch) {
      resource.batch = this.#batch;
      this.#seenResources.push(resource.descriptor);
    }
  }

  #judge(name: string, labels: ReadonlyMap<string, string>): RejectionReason | undefined {
    const { maxNameLength, maxAttributes, maxAttributeLength } = this.#limits;
    if (name === '') return 'name_missing';
    if (name.length > maxNameLength) return 'name_too_long';
    if (labels.size > maxAttributes) return 'too_many_attributes';
    for (const [label, value] of labels) {
      if (label.length + value.length > maxAttributeLength) return 'attribute_too_long';
    }
    return undefined;
  }

  #identify(name: string, labels: Map<string, string>, hints: SeriesHints): SeriesIdentity {
    return hints.isNative
      ? identifyNative(name, hints.bounds)
      : identifyNumber(name, labels, this.#types, hints.type);
  }

  #resource(text: string, labels: Readonly<Record<string, string>>): LabelResource | undefined {
    const known = this.#resources.get(text);
    if (known !== undefined) return known;
    if (this.#resourcesAdded >= this.#limits.maxResources) return undefined;
    this.#resourcesAdded++;
    const descriptor = describeResource(labels);
    const resource = { descriptor, digest: resourceDigest(text), metrics: new Map(), batch: 0 };
    this.#resources.set(text, resource);
    this.#textBytes += text.length * 2 + entryBytes;
    return resource;
  }

  #metric(resource: LabelResource, identity: SeriesIdentity) {
    const { kind, metricName, bounds } = identity;
    const text = `${kind} ${bounds.join()} ${metricName}`;
    const known = resource.metrics.get(text);
    if (known !== undefined) return known;
    const metric = { identity, digest: identityDigest(resource.digest, identity) };
    resource.metrics.set(text, metric);
    this.#textBytes += text.length * 2 + bounds.length * 8 + entryBytes;
    return metric;
  }

  #add(key: string, from: LabelResource, identity: SeriesIdentity, attributes: string): number {
    const { serviceId, attributes: resource } = from.descriptor;
    const number =
      this.#descriptors.push({ key, serviceId, ...identity, attributes, resource }) - 1;
    this.#resourceOf.push(from);
    this.#numberByKey.set(key, number);
    this.#textBytes += attributes.length * 2 + entryBytes;
    if (number >= this.#usedIn.length) {
      this.#usedIn = doubled(this.#usedIn);
      this.#indexes = doubled(this.#indexes);
    }
    return number;
  }

  #clear(): void {
    this.#raw = new ByteTable(this.#arena);
    this.#descriptors = [];
    this.#resourceOf = [];
    this.#numberByKey = new Map();
    this.#resources = new Map();
    this.#textBytes = 0;
    this.#usedIn = new Uint32Array(64);
    this.#indexes = new Uint32Array(64);
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
