import type { PrometheusType } from '../prometheus/metric-types.js';

/** MetricType of remote write 1.0 and 2.0 alike, by its number. */
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
