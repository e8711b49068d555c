import { resolveLimits } from '../decode-options.js';
import type { DecodeLimits } from '../decode-options.js';
import { describeResource } from '../describe-resource.js';
import { describeSeries } from '../describe-series.js';
import type { ResourceDescriptor, SeriesDescriptor } from '../points.js';
import type { LabelMapping } from '../prometheus/label-mapping.js';
import { defaultLabelMapping, mapLabels } from '../prometheus/label-mapping.js';
import { ExpositionSeries } from './exposition-series.js';

/** Who a target is, and how much it may serve; every limit has a default. */
export interface ExpositionTargetOptions extends Partial<DecodeLimits> {
  /** Labels of everything that the target serves, such as `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  /** How labels name the service. Default `defaultLabelMapping`. */
  readonly mapping?: LabelMapping;
  /**
   * About how much memory the series may take that are remembered from scrape to scrape, bytes.
   * When a scrape finds more it starts over. Default 32 MiB.
   */
  readonly maxCacheBytes?: number;
}

/**
 * A target that is scraped again and again: its labels, and what is remembered of its series, so
 * that a sample of a known series costs a look-up. One per target, for as long as it is scraped.
 */
export class ExpositionTarget {
  readonly labels: Readonly<Record<string, string>>;
  /** The target's own resource, that of a sample which says nothing about its service. */
  readonly resource: ResourceDescriptor;
  /** @internal — not covered by semver */
  readonly series: ExpositionSeries;
  /** @internal — not covered by semver */
  readonly limits: DecodeLimits;
  readonly #resourceLabels: Readonly<Record<string, string>>;
  readonly #attributes: Readonly<Record<string, string>>;

  /** @throws {RangeError} when a limit is not a non-negative integer. */
  constructor(options: ExpositionTargetOptions) {
    const { labels, mapping = defaultLabelMapping, maxCacheBytes = 32 * 1024 * 1024 } = options;
    this.labels = labels;
    const own = mapLabels(new Map(Object.entries(labels)), mapping);
    this.#resourceLabels = own.resource;
    this.#attributes = own.attributes;
    this.resource = describeResource(own.resource);
    this.limits = resolveLimits(options);
    this.series = new ExpositionSeries({ labels, mapping, limits: this.limits, maxCacheBytes });
  }

  /** Describes a gauge of the target itself, such as `up`. */
  describeGauge(metricName: string, unit = ''): SeriesDescriptor {
    return describeSeries({
      resource: this.#resourceLabels,
      attributes: this.#attributes,
      metricName,
      unit,
      kind: 'gauge',
    });
  }
}
