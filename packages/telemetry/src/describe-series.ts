import type { Attributes } from './canonical-json.js';
import { canonicalAttributes } from './canonical-json.js';
import { describeResource } from './describe-resource.js';
import type { MetricKind, SeriesDescriptor, Temporality } from './points.js';
import { identityDigest, resourceDigest, seriesKey } from './series-key.js';

/** A series in plain words; what is left out has the value that OTLP gives an absent field. */
export interface DescribeSeriesOptions {
  readonly metricName: string;
  readonly kind: MetricKind;
  /** Attributes of the sender; `service.name` and `service.namespace` give the service. */
  readonly resource?: Attributes;
  /** Name of the instrumentation scope. Default `''`. */
  readonly scope?: string;
  /** UCUM. Default `''`. */
  readonly unit?: string;
  /** Required for anything but a gauge, which has none. */
  readonly temporality?: Exclude<Temporality, 'unspecified'>;
  /** Whether a sum only ever grows. Default `false`. */
  readonly monotonic?: boolean;
  readonly attributes?: Attributes;
  /** Upper bounds of an explicit histogram, finite and strictly ascending. Default `[]`. */
  readonly bounds?: readonly number[];
}

/**
 * Describes a series as the decoders do: the same words give the same `key` as the same series
 * received over OTLP.
 *
 * Use it to build columns from something other than OTLP, once per series rather than per point.
 *
 * @throws {TypeError} for an empty name, a gauge with temporality, monotonic or bounds, or another
 *   kind without temporality.
 * @throws {RangeError} for bounds that are not finite and strictly ascending.
 */
export function describeSeries(options: DescribeSeriesOptions): SeriesDescriptor {
  const { metricName, kind, scope = '', unit = '', monotonic = false, bounds = [] } = options;
  checkMeaning(options);
  const resource = describeResource(options.resource ?? {});
  const attributes = canonicalAttributes(options.attributes ?? {});
  const temporality: Temporality = options.temporality ?? 'unspecified';
  const identity = { scope, metricName, kind, unit, temporality, monotonic, bounds: [...bounds] };
  const key = seriesKey(identityDigest(resourceDigest(resource.attributes), identity), attributes);
  return {
    key,
    serviceId: resource.serviceId,
    metricName,
    kind,
    unit,
    temporality,
    monotonic,
    attributes,
    resource: resource.attributes,
    scope,
    bounds: identity.bounds,
  };
}

function checkMeaning(options: DescribeSeriesOptions): void {
  const { metricName, kind, temporality, monotonic = false, bounds = [] } = options;
  if (metricName === '') throw new TypeError('A series needs a metric name');
  if (kind === 'gauge' && temporality !== undefined) {
    throw new TypeError(`Gauge ${metricName} cannot have a temporality`);
  }
  if (kind !== 'gauge' && temporality === undefined) {
    throw new TypeError(`The ${kind} ${metricName} needs a temporality: delta or cumulative`);
  }
  if (monotonic && kind !== 'sum') {
    throw new TypeError(`Only a sum can be monotonic, and ${metricName} is a ${kind}`);
  }
  if (bounds.length > 0 && kind !== 'histogram') {
    throw new TypeError(`Only an explicit histogram has bounds, and ${metricName} is a ${kind}`);
  }
  if (!areAscending(bounds, bounds.length)) {
    throw new RangeError(`The bounds of ${metricName} must be finite and strictly ascending`);
  }
}

/** Whether the first `length` numbers are finite and each is larger than the one before. */
export function areAscending(bounds: ArrayLike<number>, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(bounds[i]) || (i > 0 && bounds[i]! <= bounds[i - 1]!)) return false;
  }
  return true;
}
