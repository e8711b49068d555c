import type { MetricStatistic } from './metric-statistic.js';

/** What summaries say together of a stretch of time; a column that is NULL is undefined. */
export interface Totals {
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly count?: number;
  readonly sum?: number;
  /** Where it is not the whole stretch. µs */
  readonly length_us?: number;
}

/** A statistic of them; undefined where they do not know it. */
export function valueOf(
  totals: Totals,
  statistic: MetricStatistic,
  rate: { readonly seconds: number; readonly isRateOfSum: boolean },
): number | undefined {
  if (statistic !== 'rate') return totals[statistic];
  const amount = rate.isRateOfSum ? totals.sum : totals.count;
  return amount === undefined ? undefined : amount / rate.seconds;
}
