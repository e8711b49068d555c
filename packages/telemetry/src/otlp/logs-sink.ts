import type { DecodeLimits, DecodeLogsOptions } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { DecodedLogs } from '../logs.js';
import type { ResourceDescriptor } from '../points.js';
import type { RejectionReason } from '../rejection.js';
import { SeriesCache } from '../series-cache.js';
import type { KnownResource, SeriesInterner } from '../series-interner.js';
import { cutText } from './cut-text.js';
import { LogDraft } from './log-draft.js';
import { timeMissing } from './unix-microseconds.js';

/**
 * Takes log records one by one, judges them and collects those that can be kept: everything about
 * OTLP logs that does not depend on their encoding.
 */
export class LogsSink {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  /** Filled by the decoder before each `take`. */
  readonly draft = new LogDraft();
  readonly #textsFromSeverity: number;
  readonly #resources: ResourceDescriptor[] = [];
  readonly #indexes = new Map<KnownResource, number>();
  readonly #rejected = new Map<RejectionReason, number>();
  #resource: KnownResource | RejectionReason = 'too_many_resources';
  #seen = 0;
  readonly #resourceIndex: number[] = [];
  readonly #timeUs: number[] = [];
  readonly #observedTimeUs: number[] = [];
  readonly #severity: number[] = [];
  readonly #body: string[] = [];
  readonly #eventName: string[] = [];
  readonly #traceId: string[] = [];
  readonly #exceptionType: string[] = [];
  readonly #exceptionMessage: string[] = [];

  constructor(limits: DecodeLimits, options: DecodeLogsOptions) {
    this.limits = limits;
    this.#textsFromSeverity = options.textsFromSeverity ?? 0;
    this.interner = (options.seriesCache ?? new SeriesCache()).interner;
    this.interner.beginBatch();
  }

  /** Whether the texts of a record of this severity are wanted; of unknown ones they always are. */
  wantsTexts(severity: number): boolean {
    return severity === 0 || severity >= this.#textsFromSeverity;
  }

  beginResource(resource: KnownResource | RejectionReason): void {
    this.#resource = resource;
  }

  /** Takes the record in the draft. */
  take(): void {
    if (++this.#seen > this.limits.maxLogRecords) {
      throw limitExceeded('maxLogRecords', this.limits.maxLogRecords);
    }
    const resource = this.#resource;
    const reason = typeof resource === 'string' ? resource : this.#keep(this.#indexOf(resource));
    if (reason !== undefined) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  finish(): DecodedLogs {
    return {
      resources: this.#resources,
      logs: {
        length: this.#timeUs.length,
        resourceIndex: Uint32Array.from(this.#resourceIndex),
        timeUs: Float64Array.from(this.#timeUs),
        observedTimeUs: Float64Array.from(this.#observedTimeUs),
        severity: Uint8Array.from(this.#severity),
        body: this.#body,
        eventName: this.#eventName,
        traceId: this.#traceId,
        exceptionType: this.#exceptionType,
        exceptionMessage: this.#exceptionMessage,
      },
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
    };
  }

  #indexOf(resource: KnownResource): number {
    let index = this.#indexes.get(resource);
    if (index === undefined) {
      index = this.#resources.push(resource.descriptor) - 1;
      this.#indexes.set(resource, index);
    }
    return index;
  }

  #keep(resourceIndex: number): RejectionReason | undefined {
    const { draft } = this;
    // An observed time that is absurd is unknown; the record still counts.
    const observedUs = draft.observedTimeUs <= Number.MAX_SAFE_INTEGER ? draft.observedTimeUs : 0;
    const timeUs = draft.timeUs === timeMissing ? observedUs : draft.timeUs;
    if (timeUs > Number.MAX_SAFE_INTEGER) return 'time_out_of_range';
    const { maxLogTextLength, maxNameLength } = this.limits;
    this.#resourceIndex.push(resourceIndex);
    this.#timeUs.push(Math.max(0, timeUs));
    this.#observedTimeUs.push(Math.max(0, observedUs));
    this.#severity.push(draft.severity);
    this.#body.push(cutText(draft.body, maxLogTextLength));
    this.#eventName.push(cutText(draft.eventName, maxNameLength));
    this.#traceId.push(draft.traceId);
    this.#exceptionType.push(cutText(draft.exceptionType, maxNameLength));
    this.#exceptionMessage.push(cutText(draft.exceptionMessage, maxLogTextLength));
    return undefined;
  }
}
