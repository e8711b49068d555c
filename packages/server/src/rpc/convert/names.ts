import type {
  MetricStatistic as StoredStatistic,
  TopSubject as StoredSubject,
} from '@coral/storage';
import {
  InsightPriority,
  InsightStatus,
  InsightType,
  MetricInterval,
  MetricStatistic,
  ServiceStatus,
  TopSubject,
} from '../gen/coral/colony/v1/colony_pb.js';
import { invalidField } from '../field.js';

/** How the store spells the values of one protobuf enumeration. */
export interface Names<E extends number, Name extends string> {
  /** The store's spelling; undefined for the unspecified value. @throws `SERVER_INPUT_INVALID` */
  fromProto(field: string, value: E): Name | undefined;
  /** The protobuf value; 0, unspecified, for a spelling that only a newer store knows. */
  toProto(name: string): E;
}

function names<E extends number, Name extends string>(
  table: readonly (readonly [E, Name])[],
): Names<E, Name> {
  return {
    fromProto: (field, value) => {
      if (value === 0) return undefined;
      const found = table.find(([proto]) => proto === value);
      if (found !== undefined) return found[1];
      throw invalidField(field, `has no value ${value}`);
    },
    toProto: (name) => table.find(([, stored]) => stored === name)?.[0] ?? (0 as E),
  };
}

export const serviceStatuses = names<ServiceStatus, 'running' | 'stopped' | 'error'>([
  [ServiceStatus.RUNNING, 'running'],
  [ServiceStatus.STOPPED, 'stopped'],
  [ServiceStatus.ERROR, 'error'],
]);

export const metricIntervals = names<MetricInterval, '5m' | '15m' | '1h' | '1d'>([
  [MetricInterval.METRIC_INTERVAL_5M, '5m'],
  [MetricInterval.METRIC_INTERVAL_15M, '15m'],
  [MetricInterval.METRIC_INTERVAL_1H, '1h'],
  [MetricInterval.METRIC_INTERVAL_1D, '1d'],
]);

export const metricStatistics = names<MetricStatistic, StoredStatistic>([
  [MetricStatistic.P50, 'p50'],
  [MetricStatistic.P95, 'p95'],
  [MetricStatistic.P99, 'p99'],
  [MetricStatistic.MEAN, 'mean'],
  [MetricStatistic.MAX, 'max'],
  [MetricStatistic.COUNT, 'count'],
  [MetricStatistic.SUM, 'sum'],
  [MetricStatistic.RATE, 'rate'],
]);

export const topSubjects = names<TopSubject, StoredSubject>([
  [TopSubject.SERVICE, 'service'],
  [TopSubject.METRIC, 'metric'],
  [TopSubject.BOTH, 'both'],
]);

export const insightTypes = names<InsightType, 'anomaly' | 'pattern' | 'recommendation'>([
  [InsightType.ANOMALY, 'anomaly'],
  [InsightType.PATTERN, 'pattern'],
  [InsightType.RECOMMENDATION, 'recommendation'],
]);

export const insightPriorities = names<InsightPriority, 'high' | 'medium' | 'low'>([
  [InsightPriority.HIGH, 'high'],
  [InsightPriority.MEDIUM, 'medium'],
  [InsightPriority.LOW, 'low'],
]);

export const insightStatuses = names<InsightStatus, 'active' | 'dismissed' | 'resolved'>([
  [InsightStatus.ACTIVE, 'active'],
  [InsightStatus.DISMISSED, 'dismissed'],
  [InsightStatus.RESOLVED, 'resolved'],
]);
