import type { MetricSummary } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { listLatestSummaries } from '../colony/list-latest-summaries.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { parseSince } from '../parse-since.js';
import type { RowColumn } from '../render/render.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatNumber, formatTime } from '../render/units.js';
import { write } from '../render/write.js';
import { asksForSeries, showMetricSeries, type MetricSeriesInput } from './metric-series.js';

/** `coral metrics` */
export interface MetricsInput extends MetricSeriesInput, Record<string, unknown> {
  readonly interval: MetricSummary['interval'];
  readonly since?: string;
  readonly limit: number;
}

/** Lists metrics with their latest summary, the summaries of one metric, or a statistic of it. */
export async function metrics(context: CommandContext, input: MetricsInput): Promise<number> {
  const { service, metric, interval, limit } = input;
  if (asksForSeries(input)) {
    await showMetricSeries(context, input);
    return exitCodes.ok;
  }
  const from = input.since === undefined ? undefined : parseSince(input.since, context.io.now());
  if (service !== undefined && metric !== undefined) {
    const series = await withColony(context, (colony) =>
      colony.listMetricSummaries({
        serviceId: service,
        metricName: metric,
        interval,
        from,
        limit,
      }),
    );
    await renderSeries(context, series);
    return exitCodes.ok;
  }
  const latest = await withColony(context, (colony) => listLatestSummaries(colony, interval));
  await renderRows(context, {
    rows: latest
      .filter(({ serviceId }) => service === undefined || serviceId === service)
      .filter(({ timestamp }) => from === undefined || timestamp >= from)
      .slice(0, limit),
    columns: [
      { header: 'SERVICE', text: ({ serviceId }) => serviceId },
      { header: 'METRIC', text: ({ metricName }) => metricName },
      ...valueColumns('LATEST'),
    ],
    json: summaryJson,
    empty:
      service === undefined && from === undefined
        ? `No ${interval} summaries yet. Points are summarised within seconds of their arrival.`
        : 'No such summaries. `coral metrics` lists what there is.',
  });
  return exitCodes.ok;
}

async function renderSeries(
  context: CommandContext,
  series: readonly MetricSummary[],
): Promise<void> {
  const { io, globals, palette } = context;
  if (!globals.json && io.stdout.isTTY === true && series.length > 1) {
    const { drawSeries } = await import('../render/draw-series.js');
    const chart = drawSeries(series, io.stdout.columns ?? 80);
    if (chart !== undefined) await write(io.stdout, `${palette.cyan(chart)}\n\n`);
  }
  await renderRows(context, {
    rows: series,
    columns: valueColumns('WINDOW'),
    json: summaryJson,
    empty: 'No such summaries. `coral metrics` lists what there is.',
  });
}

function valueColumns(timeHeader: string): RowColumn<MetricSummary>[] {
  return [
    { header: timeHeader, text: ({ timestamp }) => formatTime(timestamp) },
    ...(['count', 'mean', 'p50', 'p95', 'p99', 'max'] as const).map((name) => ({
      header: name.toUpperCase(),
      text: (summary: MetricSummary) => formatNumber(summary[name]),
      align: 'right' as const,
    })),
  ];
}

function summaryJson(summary: MetricSummary) {
  return toJsonObject({
    timestamp: summary.timestamp,
    service_id: summary.serviceId,
    metric_name: summary.metricName,
    interval: summary.interval,
    p50: summary.p50,
    p95: summary.p95,
    p99: summary.p99,
    mean: summary.mean,
    max: summary.max,
    count: summary.count,
  });
}
