import { peerSlots, slotCount } from './span-attributes.js';
import { timeMissing } from './unix-microseconds.js';

/** Places in `facts`: kind, name, and from here on the texts of attributes by their slots. */
const firstAttribute = 2;

/**
 * The span being read: both decoders fill it, the sink judges it. There is one per request, reset for
 * each span. Ids are in words of 32 bits, the most significant first, so that reading one costs no
 * BigInt; texts are numbers of the sink's texts, 0 being `''`.
 */
export class SpanDraft {
  /** Whether the ids have the right lengths; what is in them is the sink's business. */
  hasIds = false;
  readonly trace: Uint32Array = new Uint32Array(4);
  readonly span: Uint32Array = new Uint32Array(2);
  readonly parent: Uint32Array = new Uint32Array(2);
  endTimeUs = timeMissing;
  hasStart = false;
  /** End minus start, in nanoseconds. */
  durationNs = 0;
  isError = false;
  /** What the span's operation follows from, in one stretch of memory to compare. */
  readonly facts: Uint32Array = new Uint32Array(firstAttribute + slotCount);
  readonly factsView: DataView = new DataView(this.facts.buffer);

  /** SpanKind of OTLP. */
  get kind(): number {
    return this.facts[0]!;
  }

  set kind(kind: number) {
    this.facts[0] = kind;
  }

  get name(): number {
    return this.facts[1]!;
  }

  set name(text: number) {
    this.facts[1] = text;
  }

  attribute(slot: number): number {
    return this.facts[firstAttribute + slot]!;
  }

  setAttribute(slot: number, text: number): void {
    this.facts[firstAttribute + slot] = text;
  }

  /** Forgets what was said about the other side. */
  clearPeer(): void {
    this.facts.fill(0, firstAttribute + peerSlots.from, firstAttribute + peerSlots.to);
  }

  reset(): void {
    this.hasIds = false;
    this.trace.fill(0);
    this.span.fill(0);
    this.parent.fill(0);
    this.endTimeUs = timeMissing;
    this.hasStart = false;
    this.durationNs = 0;
    this.isError = false;
    this.facts.fill(0);
  }
}
