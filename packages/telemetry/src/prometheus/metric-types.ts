/** What Prometheus says a metric family is. */
export type PrometheusType =
  | 'unknown'
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset';

/** The types by the numbers that remote write has for them, 1.0 and 2.0 alike. */
export const prometheusTypes: readonly PrometheusType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** What one series of a family is to the store. */
export type SeriesRole = 'gauge' | 'counter' | 'bucket';

/** A bound on memory: no instrumented service comes near it, and a hostile sender stops there. */
const maxFamilies = 100_000;
const maxNameLength = 1024;

/**
 * The types of metric families, as far as senders have told them.
 *
 * Remote write 1.0 tells types apart from the samples, once a minute, or never; 2.0 with each series.
 * What nobody has told is decided by the name, as Prometheus' naming conventions have it.
 */
export class MetricTypes {
  readonly #types = new Map<string, PrometheusType>();
  #version = 0;

  /** Changes whenever an answer of {@link roleOf} may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Number of families whose type is known. */
  get size(): number {
    return this.#types.size;
  }

  /** Notes the type of a family; `unknown` says nothing new. */
  learn(family: string, type: PrometheusType): void {
    if (type === 'unknown' || family === '' || family.length > maxNameLength) return;
    const known = this.#types.get(family);
    if (known === type) return;
    if (known === undefined && this.#types.size >= maxFamilies) return;
    this.#types.set(family, type);
    this.#version += 1;
  }

  /**
   * What a series is, by its name and by whether it has a bound (label `le`).
   *
   * @param told what the sender says with the series itself; `unknown` when it says nothing.
   */
  roleOf(name: string, hasBound: boolean, told: PrometheusType = 'unknown'): SeriesRole {
    if (told !== 'unknown') return roleWithin(told, name, hasBound);
    const own = this.#types.get(name);
    if (own !== undefined) return roleWithin(own, name, hasBound);
    const suffix = /_(?:total|bucket|count|sum|created|gcount|gsum|info)$/.exec(name)?.[0];
    if (suffix === undefined) return 'gauge';
    const family = this.#types.get(name.slice(0, -suffix.length));
    if (family !== undefined && isOfFamily(family, suffix)) {
      return roleWithin(family, name, hasBound);
    }
    if (suffix === '_bucket') return hasBound ? 'bucket' : 'gauge';
    return suffix === '_total' || suffix === '_count' || suffix === '_sum' ? 'counter' : 'gauge';
  }
}

/** Whether a name that goes on like this behind the family's own belongs to the family. */
export function isOfFamily(type: PrometheusType, suffix: string): boolean {
  return suffix === '' || suffixes[type].includes(suffix);
}

/** What the names of a family's series may end in. */
const suffixes: Readonly<Record<PrometheusType, readonly string[]>> = {
  unknown: [],
  counter: ['_total', '_created'],
  gauge: [],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum', '_count', '_sum'],
  summary: ['_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [],
};

function roleWithin(type: PrometheusType, name: string, hasBound: boolean): SeriesRole {
  switch (type) {
    case 'counter':
      return name.endsWith('_created') ? 'gauge' : 'counter';
    case 'histogram':
      if (name.endsWith('_bucket') && hasBound) return 'bucket';
      return /_(?:count|sum|bucket)$/.test(name) ? 'counter' : 'gauge';
    case 'summary':
      return /_(?:count|sum)$/.test(name) ? 'counter' : 'gauge';
    default:
      return 'gauge';
  }
}
