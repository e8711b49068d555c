import { ByteTable } from './byte-table.js';
import type { ResourceDescriptor, SeriesDescriptor } from './points.js';
import type { SeriesIdentity } from './series-key.js';
import { identityDigest, resourceDigest, seriesKey } from './series-key.js';

/** A resource as known to the interner. */
export interface KnownResource {
  readonly descriptor: ResourceDescriptor;
  readonly digest: string;
  /** The metrics it sent, by everything that identifies them. */
  readonly metrics: Map<string, KnownMetric>;
  /** The batch that it was seen in last. */
  batch: number;
}

/** A metric of a resource, as narrow as its series differ by nothing but attributes. */
export interface KnownMetric {
  /** Stands for the metric where series are looked up by raw bytes. */
  readonly id: number;
  readonly resource: ResourceDescriptor;
  readonly identity: SeriesIdentity;
  readonly digest: string;
  /** Number of each series, by the canonical JSON of its attributes. */
  readonly series: Map<string, number>;
}

/** What an entry costs beyond its text: objects, map slots, digests. A measured guess. */
const entryBytes = 400;

/**
 * Gives every series one number and one descriptor, however its bytes were arranged.
 *
 * Two ways lead to a number: the raw bytes of the attributes (fast, may forget) and their canonical
 * JSON (always right). Numbers are valid until the next `beginBatch`.
 */
export class SeriesInterner {
  readonly #maxBytes: number;
  #rawSeries = new ByteTable();
  #rawResources = new Map<string, KnownResource>();
  #resources = new Map<string, KnownResource>();
  #descriptors: SeriesDescriptor[] = [];
  #metricCount = 0;
  #textBytes = 0;
  #batch = 0;
  #resourcesAdded = 0;
  #metricsAdded = 0;
  /** Per series: the batch that used it last, and its index there. */
  #usedIn = new Uint32Array(64);
  #indexes = new Uint32Array(64);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#descriptors.length;
  }

  get sizeBytes(): number {
    return this.#textBytes + this.#rawSeries.sizeBytes;
  }

  /** Starts a batch, and starts over when there is more than we may keep. */
  beginBatch(): void {
    if (this.sizeBytes > this.#maxBytes) this.#clear();
    this.#batch++;
    this.#resourcesAdded = 0;
    this.#metricsAdded = 0;
  }

  /** Resources that the current batch was the first to send. */
  get resourcesAdded(): number {
    return this.#resourcesAdded;
  }

  /** Metrics that the current batch was the first to send. */
  get metricsAdded(): number {
    return this.#metricsAdded;
  }

  /** Whether this is the first time in the batch that the resource is asked about. */
  isNewInBatch(resource: KnownResource): boolean {
    const isNew = resource.batch !== this.#batch;
    resource.batch = this.#batch;
    return isNew;
  }

  /** The resource behind raw bytes, if they are known. */
  resourceOfBytes(rawKey: string): KnownResource | undefined {
    return this.#rawResources.get(rawKey);
  }

  /** Lets these raw bytes lead to a resource. */
  rememberResourceBytes(rawKey: string, resource: KnownResource): void {
    this.#rawResources.set(rawKey, resource);
    this.#textBytes += rawKey.length + entryBytes;
  }

  /** The resource with these canonical attributes. */
  resource(descriptor: ResourceDescriptor): KnownResource {
    const known = this.#resources.get(descriptor.attributes);
    if (known !== undefined) return known;
    this.#resourcesAdded++;
    const digest = resourceDigest(descriptor.attributes);
    const resource = { descriptor, digest, metrics: new Map<string, KnownMetric>(), batch: 0 };
    this.#resources.set(descriptor.attributes, resource);
    this.#textBytes += descriptor.attributes.length * 2 + entryBytes;
    return resource;
  }

  metric(resource: KnownResource, identity: SeriesIdentity): KnownMetric {
    const text = identityText(identity);
    const known = resource.metrics.get(text);
    if (known !== undefined) return known;
    this.#metricsAdded++;
    const metric: KnownMetric = {
      id: this.#metricCount++,
      resource: resource.descriptor,
      identity,
      digest: identityDigest(resource.digest, identity),
      series: new Map(),
    };
    resource.metrics.set(text, metric);
    this.#textBytes += text.length * 2 + identity.bounds.length * 8 + entryBytes;
    return metric;
  }

  /** The number of the series with these raw attributes, or -1 when it has to be parsed. */
  seriesOfBytes(metric: KnownMetric, view: DataView, from: number, to: number): number {
    return this.#rawSeries.find(metric.id, view, from, to);
  }

  /** Lets these raw attributes lead to a series. */
  rememberBytes(metric: KnownMetric, view: DataView, from: number, to: number, n: number): void {
    this.#rawSeries.add(metric.id, view, from, to, n);
  }

  /** The number of the series with these canonical attributes, or -1. */
  findSeries(metric: KnownMetric, attributes: string): number {
    return metric.series.get(attributes) ?? -1;
  }

  /** Gives a series its number; `findSeries` did not find it. */
  addSeries(metric: KnownMetric, attributes: string): number {
    const { identity, resource } = metric;
    const number = this.#descriptors.push({
      key: seriesKey(metric.digest, attributes),
      serviceId: resource.serviceId,
      metricName: identity.metricName,
      kind: identity.kind,
      unit: identity.unit,
      temporality: identity.temporality,
      monotonic: identity.monotonic,
      attributes,
      resource: resource.attributes,
      scope: identity.scope,
      bounds: identity.bounds,
    });
    metric.series.set(attributes, number - 1);
    this.#textBytes += attributes.length * 2 + entryBytes;
    if (number > this.#usedIn.length) this.#growMarks();
    return number - 1;
  }

  descriptor(series: number): SeriesDescriptor {
    return this.#descriptors[series]!;
  }

  /** Index of a series in the current batch, or -1. */
  indexInBatch(series: number): number {
    return this.#usedIn[series] === this.#batch ? this.#indexes[series]! : -1;
  }

  setIndexInBatch(series: number, index: number): void {
    this.#usedIn[series] = this.#batch;
    this.#indexes[series] = index;
  }

  #growMarks(): void {
    const usedIn = new Uint32Array(this.#usedIn.length * 2);
    const indexes = new Uint32Array(usedIn.length);
    usedIn.set(this.#usedIn);
    indexes.set(this.#indexes);
    this.#usedIn = usedIn;
    this.#indexes = indexes;
  }

  #clear(): void {
    this.#rawSeries = new ByteTable();
    this.#rawResources = new Map();
    this.#resources = new Map();
    this.#descriptors = [];
    this.#metricCount = 0;
    this.#textBytes = 0;
    this.#usedIn = new Uint32Array(64);
    this.#indexes = new Uint32Array(64);
  }
}

/** A key without ambiguity, cheaper than JSON: texts are preceded by their lengths. */
function identityText(identity: SeriesIdentity): string {
  const { scope, metricName, unit, kind, temporality, monotonic, bounds } = identity;
  return `${kind} ${temporality} ${monotonic} ${metricName.length} ${scope.length} ${bounds.join()} ${metricName}${scope}${unit}`;
}
