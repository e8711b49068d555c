import type { SummaryInterval } from '../schema/tables/metric-summaries.js';
import type { Condition } from './condition.js';
import type { RetainedTable } from './retained-tables.js';

/** Rows that may go when the store takes more than it may; of each stage the oldest days first. */
export interface BudgetStage {
  readonly name: string;
  readonly table: RetainedTable;
  /** About rows of whole UTC days, `until` exclusive. */
  readonly condition: (now: Date, from: Date, until: Date) => Condition;
}

const lengths: Readonly<Record<SummaryInterval, string>> = {
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
};

/**
 * What goes first, second, …: what is still told by something coarser, then what nobody has to know
 * any more, then the rest by age. Services, connections, baselines and active insights never go, nor
 * does anything of the hot window.
 */
export const budgetStages: readonly BudgetStage[] = [
  covered('5m', ['15m', '1h', '1d']),
  covered('15m', ['1h', '1d']),
  covered('1h', ['1d']),
  stage('events', 'events'),
  {
    name: 'ended insights',
    table: 'insights',
    condition: (now) => ({
      sql: `(status <> 'active' OR coalesce(expires_at <= ?, false))`,
      parameters: [now],
    }),
  },
  stage('metric summaries', 'metric_summaries'),
];

/** Summaries whose time a coarser one of the same metric holds too. */
function covered(interval: SummaryInterval, by: readonly SummaryInterval[]): BudgetStage {
  const coarser = by.map(
    (wide) => `(service_id, metric_name, time_bucket(INTERVAL '${lengths[wide]}', timestamp)) IN (
      SELECT c.service_id, c.metric_name, c.timestamp FROM all_metric_summaries c
      WHERE c.interval = '${wide}' AND c.timestamp >= ? AND c.timestamp < ?)`,
  );
  return {
    name: `${interval} summaries that coarser ones cover`,
    table: 'metric_summaries',
    condition: (_now, from, until) => ({
      sql: `(interval = ? AND (${coarser.join(' OR ')}))`,
      parameters: [interval, ...by.flatMap(() => [from, until])],
    }),
  };
}

function stage(name: string, table: RetainedTable): BudgetStage {
  return { name, table, condition: () => ({ sql: 'true', parameters: [] }) };
}
