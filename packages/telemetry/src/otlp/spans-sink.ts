import { ByteTable } from '../byte-table.js';
import type { DecodeLimits, DecodeOptions } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { DecodedTraces } from '../decoded-traces.js';
import type { ResourceDescriptor } from '../points.js';
import type { RejectionReason } from '../rejection.js';
import { SeriesCache } from '../series-cache.js';
import type { KnownResource, SeriesInterner } from '../series-interner.js';
import { SpanColumnsBuilder } from '../span-columns-builder.js';
import type { SpanKind, SpanOperation } from '../spans.js';
import { BatchTexts } from './batch-texts.js';
import type { SpanAttribute } from './span-attributes.js';
import { slotsOf } from './span-attributes.js';
import { SpanDraft } from './span-draft.js';
import { peerOf, protocolOf } from './span-peer.js';
import { timeMissing } from './unix-microseconds.js';

/** OTLP's SpanKind; 0 and whatever else comes say nothing. */
const kinds: readonly SpanKind[] = [
  'internal',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];

/**
 * Takes spans one by one, judges them and collects those that can be stored: everything about OTLP
 * traces that does not depend on their encoding, in one place.
 */
export class SpansSink {
  readonly limits: DecodeLimits;
  /** Knows resources from earlier batches. */
  readonly interner: SeriesInterner;
  readonly texts: BatchTexts;
  /** Filled by the decoder before each `take`. */
  readonly draft: SpanDraft = new SpanDraft();
  readonly #builder = new SpanColumnsBuilder();
  readonly #resources: ResourceDescriptor[] = [];
  readonly #rejected = new Map<RejectionReason, number>();
  #spansSeen = 0;
  #resource: KnownResource | RejectionReason = 'name_missing';
  /** Number of each service, under which its operations are looked up by what they follow from. */
  readonly #services = new Map<string, number>();
  #service = 0;
  /** May forget, and spans that differ in what does not matter have entries of their own … */
  readonly #byFacts = new ByteTable();
  /** … but this says what an operation's index is. */
  readonly #operations = new Map<string, number>();

  constructor(limits: DecodeLimits, options: DecodeOptions) {
    this.limits = limits;
    this.interner = (options.seriesCache ?? new SeriesCache()).interner;
    this.interner.beginBatch();
    this.texts = new BatchTexts(limits.maxNameLength, 'other');
  }

  /** Says whose spans follow, or why none of them can be stored. */
  beginResource(resource: KnownResource | RejectionReason): void {
    this.#resource = resource;
    if (typeof resource === 'string') return;
    const { serviceId } = resource.descriptor;
    this.#service = this.#services.get(serviceId) ?? this.#services.size;
    this.#services.set(serviceId, this.#service);
  }

  /** Takes the span in the draft. */
  take(): void {
    if (++this.#spansSeen > this.limits.maxPoints) {
      throw limitExceeded('maxPoints', this.limits.maxPoints);
    }
    const resource = this.#resource;
    const reason = typeof resource === 'string' ? resource : this.#takeOf(resource);
    if (reason !== undefined) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  finish(): DecodedTraces {
    return {
      resources: this.#resources,
      spans: this.#builder.build(),
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
    };
  }

  #takeOf(resource: KnownResource): RejectionReason | undefined {
    const { descriptor } = resource;
    if (this.interner.isNewInBatch(resource)) this.#resources.push(descriptor);
    const { draft } = this;
    if (!hasValidIds(draft)) return 'span_id_invalid';
    if (draft.endTimeUs === timeMissing || !draft.hasStart) return 'span_time_missing';
    if (draft.endTimeUs > Number.MAX_SAFE_INTEGER) return 'time_out_of_range';
    if (draft.durationNs < 0) return 'span_ends_before_start';
    const operation = this.#operation(descriptor.serviceId);
    if (typeof operation === 'string') return operation;
    const { trace, span, parent, endTimeUs, durationNs, isError } = draft;
    this.#builder.add(operation, trace, span, parent, endTimeUs, durationNs / 1000, isError);
    return undefined;
  }

  #operation(serviceId: string): number | RejectionReason {
    const { draft } = this;
    const kind = kinds[draft.kind] ?? 'internal';
    // What tells servers' callers apart would make an operation of each.
    if (!hasPeer(kind)) draft.clearPeer();
    const { factsView: facts } = draft;
    const known = this.#byFacts.find(this.#service, facts, 0, facts.byteLength);
    if (known >= 0) return known;
    const operation = this.#describe(serviceId, kind);
    const key = JSON.stringify(operation);
    let index = this.#operations.get(key);
    if (index === undefined) {
      if (this.#builder.operationLength >= this.limits.maxSeries) return 'too_many_operations';
      index = this.#builder.addOperation(operation);
      this.#operations.set(key, index);
    }
    this.#byFacts.add(this.#service, facts, 0, facts.byteLength, index);
    return index;
  }

  #describe(serviceId: string, kind: SpanKind): SpanOperation {
    const { draft, texts } = this;
    const text = (attribute: SpanAttribute) => {
      const slot = slotsOf(attribute).find((candidate) => draft.attribute(candidate) !== 0);
      return slot === undefined ? '' : texts.text(draft.attribute(slot));
    };
    return {
      serviceId,
      name: texts.text(draft.name) || 'unknown',
      kind,
      protocol: protocolOf(text),
      peer: hasPeer(kind) ? peerOf(text) : '',
    };
  }
}

function hasPeer(kind: SpanKind): boolean {
  return kind !== 'server' && kind !== 'internal';
}

function hasValidIds({ hasIds, trace, span }: SpanDraft): boolean {
  return (
    hasIds && (trace[0]! | trace[1]! | trace[2]! | trace[3]!) !== 0 && (span[0]! | span[1]!) !== 0
  );
}
