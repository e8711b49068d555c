import { quantileSuffix } from '../quantile-suffix.js';
import type { SeriesIdentity } from '../series-key.js';
import type { MetricTypes, PrometheusType } from './metric-types.js';
import { unitOfName } from './unit-of-name.js';

/**
 * What series a sample with a number belongs to, whichever way it came.
 *
 * A bucket's bound and a quantile become part of the identity and are taken out of the labels. Each
 * quantile is a gauge of its own, as over OTLP: values of one metric are summarised together, and
 * those of several quantiles would say nothing.
 *
 * @param labels without `__name__`; changed.
 * @param told the type that came with the sample; `unknown` when none did.
 */
export function identifyNumber(
  name: string,
  labels: Map<string, string>,
  types: MetricTypes,
  told: PrometheusType,
): SeriesIdentity {
  const bound = parseNumber(labels.get('le'));
  switch (types.roleOf(name, !Number.isNaN(bound), told)) {
    case 'gauge': {
      const quantile = parseNumber(labels.get('quantile'));
      const gauge = { ...cumulative(name), kind: 'gauge', temporality: 'unspecified' } as const;
      if (!(quantile >= 0 && quantile <= 1)) return gauge;
      labels.delete('quantile');
      return { ...gauge, metricName: name + quantileSuffix(quantile) };
    }
    case 'counter':
      return { ...cumulative(name), monotonic: true };
    case 'bucket':
      labels.delete('le');
      return {
        ...cumulative(name.slice(0, -'_bucket'.length)),
        kind: 'histogram_bucket',
        monotonic: true,
        bounds: bound === Infinity ? [] : [bound],
      };
  }
}

/** The same for a native histogram, which has bounds when its buckets are of its own choice. */
export function identifyNative(name: string, bounds: readonly number[] = []): SeriesIdentity {
  const kind = bounds.length > 0 ? 'histogram' : 'exponential_histogram';
  return { ...cumulative(name), kind, bounds };
}

function cumulative(name: string): SeriesIdentity {
  return {
    scope: '',
    metricName: name,
    kind: 'sum',
    unit: unitOfName(name),
    temporality: 'cumulative',
    monotonic: false,
    bounds: [],
  };
}

/** The number that a label says; NaN when it says none. */
function parseNumber(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return NaN;
  if (/^\+?inf(?:inity)?$/i.test(text)) return Infinity;
  const number = Number(text);
  return Number.isFinite(number) ? number : NaN;
}
