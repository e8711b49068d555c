import type { MetricStatistic, TopEntry, TopSubject } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject, type RowColumn } from '../render/render.js';
import { formatNumber, formatTime } from '../render/units.js';
import { metricRange } from './metric-range.js';

/** `coral top` */
export interface TopInput extends Record<string, unknown> {
  readonly statistic: MetricStatistic;
  readonly by: TopSubject;
  readonly service?: string;
  readonly metric?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

const hourMs = 3_600_000;

/** Lists the services or metrics with most of something. */
export async function top(context: CommandContext, input: TopInput): Promise<number> {
  const { statistic, by, service, metric, limit } = input;
  const range = metricRange(input, { nowMs: context.io.now(), agoMs: hourMs });
  const entries = await withColony(context, (colony) =>
    colony.topMetrics({ statistic, by, service, metric, limit, ...range }),
  );
  const isPercentile = entries.some(({ at }) => at !== undefined);
  await renderRows(context, {
    rows: entries,
    columns: [
      ...(by === 'metric' ? [] : [{ header: 'SERVICE', text: (e: TopEntry) => e.service ?? '' }]),
      ...(by === 'service' ? [] : [{ header: 'METRIC', text: (e: TopEntry) => e.metric ?? '' }]),
      {
        header: statistic.toUpperCase(),
        text: ({ value }) => formatNumber(value),
        align: 'right' as const,
      },
      ...(isPercentile ? windowColumns : []),
    ],
    json: ({ value, at, interval, ...names }) =>
      toJsonObject({
        service_id: names.service,
        metric_name: names.metric,
        statistic,
        value,
        timestamp: at,
        interval,
      }),
    empty: 'No summaries in that range. `coral metrics` lists what there is.',
  });
  return exitCodes.ok;
}

/** A percentile is that of one window: the worst. */
const windowColumns: RowColumn<TopEntry>[] = [
  { header: 'WINDOW', text: ({ at }) => formatTime(at) },
  { header: 'OF', text: ({ interval }) => interval ?? '' },
];
