/**
 * Common table expressions that make distributions of classic Prometheus histograms, whose buckets are
 * counters of their own: `classic_totals` and `classic_intervals`. They read `counter_rises` (series_id,
 * service_id, metric_name, is_bucket, value).
 *
 * A bucket counts what is at most its bound, those below it included, so a distribution is what each
 * bucket rose by beyond the one below. That is computed here, where all samples of a window are, because
 * senders spread the buckets of a histogram over requests. A sample that is missing from one bucket must
 * not make a bucket negative: the rises are made to rise with the bounds, as PromQL does it.
 *
 * Values are placed evenly between two bounds, from 0 in the first bucket unless its bound is negative;
 * those above the largest bound are placed there. The mean is that of the counter `<name>_sum`.
 *
 * Source: prometheus/promql/quantile.go, histogram_quantile
 */
export const classicHistogramsSql = `
bucket_rises AS (
  SELECT s.service_id, s.metric_name, attributes, resource, scope,
    coalesce(bounds[1], 'Infinity'::DOUBLE) AS bound, sum(value) AS rise
  FROM counter_rises r JOIN series s USING (series_id)
  WHERE is_bucket
  GROUP BY ALL
),
bucket_totals AS (
  SELECT *, max(rise) OVER below AS total, lag(bound) OVER below AS bound_below
  FROM bucket_rises
  WINDOW below AS (
    PARTITION BY service_id, metric_name, attributes, resource, scope ORDER BY bound
    ROWS UNBOUNDED PRECEDING
  )
),
classic_buckets AS (
  SELECT *, total - coalesce(lag(total) OVER below, 0) AS count
  FROM bucket_totals
  WINDOW below AS (
    PARTITION BY service_id, metric_name, attributes, resource, scope ORDER BY bound
  )
),
classic_intervals AS (
  SELECT service_id, metric_name, sum(count) AS count,
    CASE
      WHEN isinf(bound) THEN bound_below
      WHEN bound_below IS NULL THEN least(0, bound)
      ELSE bound_below
    END AS low,
    CASE WHEN isinf(bound) THEN bound_below ELSE bound END AS high
  FROM classic_buckets
  WHERE count > 0 AND NOT (isinf(bound) AND bound_below IS NULL)
  GROUP BY ALL
),
classic_sums AS (
  SELECT service_id, left(metric_name, -4) AS metric_name, sum(value) AS sum
  FROM counter_rises
  WHERE NOT is_bucket AND ends_with(metric_name, '_sum')
  GROUP BY ALL
),
classic_totals AS (
  SELECT service_id, metric_name, sum(count) AS count, any_value(sum) AS sum,
    NULL::DOUBLE AS min, NULL::DOUBLE AS max, false AS is_max_exact
  FROM classic_buckets LEFT JOIN classic_sums USING (service_id, metric_name)
  GROUP BY ALL
)`;
