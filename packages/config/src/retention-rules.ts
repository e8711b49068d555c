import type { MergedSettings } from './merge-tiers.js';
import { mergedValue } from './merge-tiers.js';
import { present } from './present.js';
import { parseDuration } from './parse-duration.js';
import { intervals } from './schema/retention.js';
import { SETTINGS } from './settings.js';
import type { SettingValues } from './settings.js';

/** How long some rows of a table stay. */
export interface RetentionRule {
  readonly table:
    'metric_summaries' | 'events' | 'insights' | 'service_connections' | 'baselines' | 'services';
  readonly interval?: '5m' | '15m' | '1h' | '1d';
  /** Pattern: `*` stands for any text, everything else for itself. */
  readonly metric?: string;
  readonly service?: string;
  readonly eventType?: string;
  /** Milliseconds. Absent: forever. */
  readonly keepMs?: number;
}

/**
 * The rules that settings make, in the order in which they are tried: those of
 * `storage.retention.rules` first, then one per table, for metric summaries one per interval. The
 * first that fits a row decides.
 */
export function retentionRules(merged: MergedSettings): RetentionRule[] {
  const own = mergedValue(merged, 'storage.retention.rules') ?? [];
  return [
    ...own.map(({ table, interval, metric, service, event_type: eventType, keep }) => ({
      table,
      ...present({ interval, metric, service, eventType }),
      ...keptFor(keep),
    })),
    ...intervals.map((interval) => ({
      table: 'metric_summaries' as const,
      interval,
      ...keptFor(keepOf(interval, mergedValue(merged, 'storage.retention.metric_summaries'))),
    })),
    ...simpleTables.map((table) => ({
      table,
      ...keptFor(mergedValue(merged, `storage.retention.${table}`)),
    })),
  ];
}

const simpleTables = [
  'events',
  'insights',
  'service_connections',
  'baselines',
  'services',
] as const;

type Interval = (typeof intervals)[number];

/** An interval that a mapping leaves out keeps its default. */
function keepOf(
  interval: Interval,
  value: SettingValues['storage.retention.metric_summaries'] | undefined,
): string {
  const fallback = SETTINGS['storage.retention.metric_summaries'].default[interval];
  return typeof value === 'string' ? value : (value?.[interval] ?? fallback);
}

function keptFor(text: string | undefined): { readonly keepMs?: number } {
  const keepMs = text === undefined ? undefined : parseDuration(text);
  return keepMs === undefined ? {} : { keepMs };
}
