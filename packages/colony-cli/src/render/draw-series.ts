import type { MetricSummary } from '@coral/storage';
import { plot } from 'asciichart';

const chartHeight = 10;
// The axis takes its labels' width; what is left belongs to the curve.
const axisWidth = 14;

/**
 * Draws the means of a series as a small chart; undefined when there are fewer than two.
 *
 * Shape: as many of the newest windows as fit, one column each, oldest to the left.
 * Units: width in columns of the terminal.
 */
export function drawSeries(
  series: readonly Pick<MetricSummary, 'mean' | 'p50' | 'max'>[],
  width: number,
): string | undefined {
  const values = series
    .map(({ mean, p50, max }) => mean ?? p50 ?? max)
    .filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (values.length < 2) return undefined;
  return plot(values.slice(-Math.max(2, width - axisWidth)), { height: chartHeight });
}
