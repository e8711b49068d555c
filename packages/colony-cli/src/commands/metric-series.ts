import type { MetricPoint, MetricSeries, MetricStatistic } from '@coral/storage';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { parseDuration } from '../parse-duration.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatNumber, formatTime } from '../render/units.js';
import { write } from '../render/write.js';
import { metricRange } from './metric-range.js';

/** The options of `coral metrics` that ask for one statistic over a range. */
export interface MetricSeriesInput {
  readonly service?: string;
  readonly metric?: string;
  readonly statistic?: MetricStatistic;
  readonly step?: string;
  readonly from?: string;
  readonly to?: string;
}

const dayMs = 86_400_000;

/** Whether the options ask for one statistic over a range, and not for stored summaries. */
export function asksForSeries({ statistic, step, from, to }: MetricSeriesInput): boolean {
  return [statistic, step, from, to].some((option) => option !== undefined);
}

/** Shows one statistic of one metric over a range. */
export async function showMetricSeries(
  context: CommandContext,
  input: MetricSeriesInput,
): Promise<void> {
  const { service, metric, statistic = 'mean' } = input;
  if (service === undefined || metric === undefined) {
    throw new CliError('CLI_USAGE', '--statistic, --step, --from and --to need a metric.', {
      hint: 'Name its service and it: coral metrics shop/api http.server.request.duration --from 1d',
    });
  }
  const range = metricRange(input, { nowMs: context.io.now(), agoMs: dayMs });
  const step = input.step === undefined ? undefined : parseDuration('--step', input.step);
  const series = await withColony(context, (colony) =>
    colony.queryMetric({ service, metric, statistic, step, ...range }),
  );
  await draw(context, series.points);
  await renderRows(context, {
    rows: series.points,
    columns: [
      { header: 'TIME', text: ({ timestamp }) => formatTime(timestamp) },
      {
        header: statistic.toUpperCase(),
        text: ({ value }) => formatNumber(value),
        align: 'right' as const,
      },
      { header: 'OF', text: ({ interval }) => interval },
    ],
    json: (point) => pointJson(series, point),
    empty: 'Nothing in that range. `coral metrics` lists what there is.',
  });
}

async function draw(context: CommandContext, points: readonly MetricPoint[]): Promise<void> {
  const { io, globals, palette } = context;
  if (globals.json || io.stdout.isTTY !== true || points.length < 2) return;
  const { drawSeries } = await import('../render/draw-series.js');
  const values = points.map(({ value }) => ({ mean: value }));
  const chart = drawSeries(values, io.stdout.columns ?? 80);
  if (chart !== undefined) await write(io.stdout, `${palette.cyan(chart)}\n\n`);
}

function pointJson({ service, metric, statistic }: MetricSeries, point: MetricPoint) {
  return toJsonObject({
    timestamp: point.timestamp,
    service_id: service,
    metric_name: metric,
    statistic,
    value: point.value,
    interval: point.interval,
  });
}
