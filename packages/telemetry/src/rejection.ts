/**
 * Why a point cannot be stored, as a code, with the sentence that the sender gets to read. The
 * rest of its request is stored: OTLP calls that a partial success.
 */
export const rejectionReasons = {
  time_missing: 'time_unix_nano is not set; set it to the time of the measurement',
  time_out_of_range: 'time_unix_nano lies beyond the year 2255; check that it is in nanoseconds',
  timestamp_out_of_range: 'the timestamp lies before 1970 or beyond the year 2255',
  value_missing: 'neither as_double nor as_int is set',
  value_not_finite: 'the value is NaN or infinite',
  temporality_unspecified:
    'aggregation_temporality is neither delta nor cumulative, so sums and histograms have no meaning',
  count_mismatch: 'count is not the sum of the bucket counts',
  count_out_of_range: 'a count is larger than 2^53',
  bounds_mismatch: 'bucket_counts must have one element more than explicit_bounds',
  bounds_invalid: 'explicit_bounds must be finite and strictly ascending',
  scale_out_of_range: 'the scale of an exponential histogram must be within -10 and 20',
  bucket_out_of_range: 'a bucket of an exponential histogram lies where no number can be',
  too_many_buckets: 'a histogram point has too many buckets',
  quantile_invalid: 'the quantiles of a summary must be within 0 and 1 and strictly ascending',
  too_many_quantiles: 'a summary point has more than 32 quantiles',
  name_missing: 'the metric has no name',
  name_too_long: 'the name of a metric, unit or instrumentation scope is too long',
  too_many_attributes: 'a point or its resource has too many attributes',
  attribute_too_long: 'an attribute of a point or its resource is too long',
  attribute_too_deep: 'an attribute of a point or its resource is nested too deeply',
  labels_invalid: 'a label has no name, or comes twice',
  histogram_invalid: 'the spans of a native histogram do not fit its buckets',
  histogram_is_gauge: 'native histograms of the type gauge cannot be stored',
  too_many_resources: 'the request has too many distinct resources',
  duplicate_sample: 'a series has two samples of the same time; the first one stays',
  too_many_series: 'the request has too many distinct series; look for an unbounded attribute',
  span_id_invalid: 'trace_id must be 16 bytes and span_id 8 bytes, each with a bit that is set',
  span_time_missing: 'start_time_unix_nano or end_time_unix_nano is not set',
  span_ends_before_start: 'end_time_unix_nano is before start_time_unix_nano',
  too_many_operations:
    'the request has too many distinct operations; look for an id in the names of spans',
} as const;

export type RejectionReason = keyof typeof rejectionReasons;

/** Points of one request that cannot be stored, for one reason. */
export interface RejectedPoints {
  readonly reason: string;
  readonly count: number;
}

/**
 * Sums rejected points up for the partial success of an answer: their number, and a sentence per
 * reason. Reasons that this package does not know (the store has its own) stand for themselves.
 *
 * Shape: `{ rejected: 0, message: '' }` for an empty list, which encodes as full success.
 */
export function summariseRejected(rejected: readonly RejectedPoints[]): {
  rejected: number;
  message: string;
} {
  const message = rejected.map(({ reason, count }) => `${count} × ${reason}${advice(reason)}`);
  return {
    rejected: rejected.reduce((sum, { count }) => sum + count, 0),
    message: message.join('; '),
  };
}

function advice(reason: string): string {
  return Object.hasOwn(rejectionReasons, reason)
    ? ` (${rejectionReasons[reason as RejectionReason]})`
    : '';
}
