import type { EventInput } from '../writes/events.js';

/** How long nothing more is said of the limit. ms */
const quietMs = 3_600_000;

/** Spans that found no room in their hour. */
export interface RefusedSpans {
  /** Who sent the first of them. */
  readonly serviceId: string;
  readonly count: number;
}

/** Says that spans were refused: once, and again an hour later if that goes on. */
export class SpanLimitReport {
  readonly #allowed: number;
  #saidAtMs: number | undefined;

  constructor(allowed: number) {
    this.#allowed = allowed;
  }

  /** Why spans were refused, for their sender. */
  get reason(): string {
    return `of an hour that holds as many as it may (storage.max_spans_per_hour: ${this.#allowed})`;
  }

  /** The event to leave; undefined while enough was said. */
  eventOf({ serviceId, count }: RefusedSpans, nowMs: number): EventInput | undefined {
    if (this.#saidAtMs !== undefined && Math.abs(nowMs - this.#saidAtMs) < quietMs)
      return undefined;
    this.#saidAtMs = nowMs;
    return {
      serviceId,
      eventType: 'span_limit',
      details: {
        message: `Spans are refused until the next hour: this one holds ${this.#allowed}, as many as storage.max_spans_per_hour allows. Sample traces at their senders, or raise it.`,
        setting: 'storage.max_spans_per_hour',
        allowed: this.#allowed,
        refusedSpans: count,
      },
    };
  }
}
