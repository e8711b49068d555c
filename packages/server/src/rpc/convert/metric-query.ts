import { create } from '@bufbuild/protobuf';
import type {
  MetricSeries,
  QueryMetricOptions,
  TopByOptions,
  TopEntry as StoredEntry,
} from '@coral/storage';
import {
  MetricPointSchema,
  QueryMetricResponseSchema,
  TopEntrySchema,
} from '../gen/coral/colony/v1/colony_pb.js';
import type {
  QueryMetricRequest,
  QueryMetricResponse,
  TopEntry,
  TopMetricsRequest,
} from '../gen/coral/colony/v1/colony_pb.js';
import { given, invalidField, limitOf, optionalText, requireText } from '../field.js';
import { metricIntervals, metricStatistics, topSubjects } from './names.js';
import { fromTimestamp, toTimestamp } from './time.js';

/** @throws {ServerError} `SERVER_INPUT_INVALID` with the field */
export function fromQueryMetric(request: QueryMetricRequest): QueryMetricOptions {
  return {
    service: requireText('service_id', request.serviceId),
    metric: requireText('metric_name', request.metricName),
    ...statisticAndRange(request),
    ...(request.stepMs === 0n ? {} : { step: Number(request.stepMs) }),
  };
}

export function toQueryMetricResponse(series: MetricSeries): QueryMetricResponse {
  return create(QueryMetricResponseSchema, {
    stepMs: BigInt(series.stepMs),
    from: toTimestamp(series.from),
    to: toTimestamp(series.to),
    points: series.points.map(({ timestamp, value, interval }) =>
      create(MetricPointSchema, {
        timestamp: toTimestamp(timestamp),
        value,
        interval: metricIntervals.toProto(interval),
      }),
    ),
  });
}

/** @throws {ServerError} `SERVER_INPUT_INVALID` with the field */
export function fromTopMetrics(request: TopMetricsRequest): TopByOptions {
  return {
    ...statisticAndRange(request),
    ...given({
      by: topSubjects.fromProto('by', request.by),
      service: optionalText(request.serviceId),
      metric: optionalText(request.metricName),
    }),
    limit: limitOf(request.limit, 10),
  };
}

export function toTopEntry({ service, metric, value, at, interval }: StoredEntry): TopEntry {
  return create(TopEntrySchema, {
    value,
    ...given({
      serviceId: service,
      metricName: metric,
      at: at && toTimestamp(at),
      interval: interval && metricIntervals.toProto(interval),
    }),
  });
}

function statisticAndRange(
  request: Pick<QueryMetricRequest | TopMetricsRequest, 'statistic' | 'from' | 'to'>,
) {
  return {
    statistic: requireField(
      'statistic',
      metricStatistics.fromProto('statistic', request.statistic),
    ),
    from: requireField('from', fromTimestamp('from', request.from)),
    to: requireField('to', fromTimestamp('to', request.to)),
  };
}

function requireField<T>(field: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw invalidField(field, 'must be given');
}
