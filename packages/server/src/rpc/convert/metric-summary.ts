import { create } from '@bufbuild/protobuf';
import type { MetricSummary as StoredSummary } from '@coral/storage';
import { MetricSummarySchema } from '../gen/coral/colony/v1/colony_pb.js';
import type { MetricSummary } from '../gen/coral/colony/v1/colony_pb.js';
import { given, invalidField, requireText } from '../field.js';
import { metricIntervals } from './names.js';
import { fromTimestamp, toTimestamp } from './time.js';

/** A stored summary as the API shows it. */
export function toMetricSummary(summary: StoredSummary): MetricSummary {
  return create(MetricSummarySchema, {
    ...measures(summary),
    timestamp: toTimestamp(summary.timestamp),
    serviceId: summary.serviceId,
    metricName: summary.metricName,
    interval: metricIntervals.toProto(summary.interval),
  });
}

/**
 * A summary to store.
 * @param at where it stands in the request, for messages: `summaries[3]`
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function fromMetricSummary(summary: MetricSummary, at: string): StoredSummary {
  const timestamp = fromTimestamp(`${at}.timestamp`, summary.timestamp);
  if (timestamp === undefined) throw invalidField(`${at}.timestamp`, 'must be given');
  const interval = metricIntervals.fromProto(`${at}.interval`, summary.interval);
  if (interval === undefined) throw invalidField(`${at}.interval`, 'must be given');
  return {
    ...measures(summary),
    timestamp,
    serviceId: requireText(`${at}.service_id`, summary.serviceId),
    metricName: requireText(`${at}.metric_name`, summary.metricName),
    interval,
  };
}

type Measure = 'p50' | 'p95' | 'p99' | 'mean' | 'max' | 'count';

/** The measures that are known: an absent one is absent on both sides. */
function measures({
  p50,
  p95,
  p99,
  mean,
  max,
  count,
}: Partial<Record<Measure, number | undefined>>): Partial<Record<Measure, number>> {
  return given({ p50, p95, p99, mean, max, count });
}
