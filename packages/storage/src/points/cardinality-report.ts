import type { EventInput } from '../writes/events.js';
import type { RefusedPoints } from './point-writer.js';

/** How long nothing more is said of the same limit. ms */
const quietMs = 3_600_000;

/** Says that series were refused: once, and again an hour later if that goes on. */
export class CardinalityReport {
  readonly #saidAtMs = new Map<RefusedPoints['limit'], number>();

  /** The event to leave; undefined while enough was said. */
  eventOf({ series, limit, allowed, count }: RefusedPoints, nowMs: number): EventInput | undefined {
    const saidAtMs = this.#saidAtMs.get(limit);
    if (saidAtMs !== undefined && Math.abs(nowMs - saidAtMs) < quietMs) return undefined;
    this.#saidAtMs.set(limit, nowMs);
    const { serviceId, metricName, attributes } = series;
    return {
      serviceId,
      eventType: 'cardinality_limit',
      details: {
        message: `New series are refused: there are ${allowed} already, as many as ${settingOf[limit]} allows. Look for an attribute of ${metricName} that never repeats.`,
        setting: settingOf[limit],
        allowed,
        metricName,
        attributes,
        refusedPoints: count,
      },
    };
  }
}

const settingOf = {
  maxSeries: 'storage.max_series',
  maxSeriesPerMetric: 'storage.max_series_per_metric',
} as const;

/** Why points were refused, for their sender. */
export function refusalReason({ limit, allowed }: RefusedPoints): string {
  const whose = limit === 'maxSeries' ? 'the colony' : 'the metric';
  return `of a new series, and ${whose} has as many as it may (${settingOf[limit]}: ${allowed})`;
}
