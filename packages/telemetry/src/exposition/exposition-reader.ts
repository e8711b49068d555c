import { prometheusTypes } from '../prometheus/metric-types.js';
import type { PrometheusType } from '../prometheus/metric-types.js';
import type { RejectionReason } from '../rejection.js';
import { TelemetryError } from '../telemetry-error.js';
import type { ExpositionFormat } from './exposition-format.js';
import type { ExpositionSeries, SampleSlot } from './exposition-series.js';
import { parseDecimal } from './parse-decimal.js';
import { parseLabels } from './parse-labels.js';
import type { SampleSink } from './sample-sink.js';

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const hash = 0x23;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** More than any limit on names allows; longer ones are cut before they are looked at. */
const maxShownName = 65_536;

/** What a reader works with. */
export interface ExpositionReaderOptions {
  readonly format: ExpositionFormat;
  readonly timeUs: number;
  readonly series: ExpositionSeries;
  readonly sink: SampleSink;
}

/**
 * Reads the text line by line, and gives its samples to the sink.
 *
 * A line up to its value is the key under which its series is remembered, so that a line that was
 * there in the last scrape is neither taken apart nor made into a string.
 */
export class ExpositionReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isOpenMetrics: boolean;
  readonly #timeUs: number;
  readonly #series: ExpositionSeries;
  readonly #sink: SampleSink;
  /** The family that the last `# TYPE` line began. */
  #type: PrometheusType = 'unknown';
  #familyFrom = 0;
  #familyLength = 0;

  constructor(bytes: Uint8Array, options: ExpositionReaderOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isOpenMetrics = options.format === 'openmetrics';
    this.#timeUs = options.timeUs;
    this.#series = options.series;
    this.#sink = options.sink;
  }

  /** @throws {TelemetryError} `TELEMETRY_MALFORMED`, `TELEMETRY_LIMIT` */
  read(): void {
    const bytes = this.#bytes;
    const { length } = bytes;
    for (let from = 0; from < length;) {
      let end = bytes.indexOf(newline, from);
      if (end < 0) end = length;
      const next = end + 1;
      let start = from;
      if (!this.#isOpenMetrics) {
        // The older format does not mind blanks, nor do its readers line ends of Windows.
        if (end > start && bytes[end - 1] === carriageReturn) end -= 1;
        start = skipBlanks(bytes, from, end);
      }
      if (start < end && bytes[start] === hash) {
        if (this.#readComment(start, end)) {
          if (next < length) throw this.#malformed(next, 'there is more behind # EOF');
          return;
        }
      } else if (start < end) this.#readSample(start, end);
      else if (this.#isOpenMetrics) throw this.#malformed(start, 'an empty line');
      from = next;
    }
    if (this.#isOpenMetrics) throw this.#malformed(length, 'the text ends without # EOF');
  }

  /** @returns whether this line ends the text */
  #readComment(from: number, end: number): boolean {
    const bytes = this.#bytes;
    const wordFrom = skipBlanks(bytes, from + 1, end);
    const wordTo = skipWord(bytes, wordFrom, end);
    const word = wordTo - wordFrom > 4 ? '' : this.#ascii(wordFrom, wordTo);
    if (word === 'EOF') return this.#isOpenMetrics;
    if (word !== 'TYPE') return false;
    const nameFrom = skipBlanks(bytes, wordTo, end);
    const nameTo = skipWord(bytes, nameFrom, end);
    const typeFrom = skipBlanks(bytes, nameTo, end);
    const typeTo = skipWord(bytes, typeFrom, end);
    if (!metricName.test(this.#ascii(nameFrom, nameTo))) {
      throw this.#malformed(nameFrom, '# TYPE has no valid name');
    }
    const text = this.#ascii(typeFrom, typeTo);
    const type = text === 'untyped' ? 'unknown' : (text as PrometheusType);
    if (!prometheusTypes.includes(type))
      throw this.#malformed(typeFrom, '# TYPE has no known type');
    this.#type = type;
    this.#familyFrom = nameFrom;
    this.#familyLength = nameTo - nameFrom;
    return false;
  }

  #readSample(from: number, end: number): void {
    const bytes = this.#bytes;
    this.#sink.count();
    let nameTo = from;
    while (nameTo < end) {
      const byte = bytes[nameTo]!;
      if (byte === openBrace || byte === space || byte === tab) break;
      nameTo += 1;
    }
    let keyTo = nameTo;
    const braceAt = skipBlanks(bytes, nameTo, end);
    if (bytes[braceAt] === openBrace && braceAt < end) keyTo = this.#endOfLabels(braceAt, end);

    const valueFrom = skipBlanks(bytes, keyTo, end);
    const valueTo = skipWord(bytes, valueFrom, end);
    if (valueTo === valueFrom) throw this.#malformed(valueFrom, 'a sample has no value');
    const value = parseDecimal(bytes, valueFrom, valueTo);
    if (value === undefined) throw this.#malformed(valueFrom, "a sample's value is no number");
    const timeUs = this.#readTime(valueTo, end);

    const familyLength = this.#isInFamily(from, nameTo) ? this.#familyLength : 0;
    const type = familyLength > 0 ? this.#type : 'unknown';
    // What a line means depends on its family's type and on where the family's name ends in it.
    const context = prometheusTypes.indexOf(type) + familyLength * prometheusTypes.length;
    let slot = this.#series.find(context, this.#view, from, keyTo);
    if (slot === undefined) {
      const described = this.#describe(from, nameTo, braceAt, keyTo, type, familyLength);
      if (typeof described === 'string') {
        this.#sink.reject(described);
        return;
      }
      slot = described;
      this.#series.remember(context, this.#view, from, keyTo, slot);
    }
    this.#sink.take(slot, value, timeUs);
  }

  #describe(
    from: number,
    nameTo: number,
    braceAt: number,
    keyTo: number,
    type: PrometheusType,
    familyLength: number,
  ): SampleSlot | RejectionReason {
    const name = this.#ascii(from, nameTo);
    if (!metricName.test(name)) throw this.#malformed(from, 'a sample has no valid name');
    const labels =
      keyTo > nameTo ? parseLabels(this.#bytes, braceAt + 1, keyTo - 1) : new Map<string, string>();
    if ('problem' in labels) throw this.#malformed(labels.offset, labels.problem);
    const family = { type, familyLength, hasBeginnings: this.#isOpenMetrics };
    return this.#series.describe(name, labels, family);
  }

  /** Reads what follows a value: a time, and in OpenMetrics an exemplar, which is read over. */
  #readTime(from: number, end: number): number {
    const bytes = this.#bytes;
    const timeFrom = skipBlanks(bytes, from, end);
    if (timeFrom >= end) return this.#timeUs;
    if (this.#isExemplar(timeFrom)) return this.#timeUs;
    const timeTo = skipWord(bytes, timeFrom, end);
    const time = parseDecimal(bytes, timeFrom, timeTo);
    if (time === undefined || !Number.isFinite(time)) {
      throw this.#malformed(timeFrom, "a sample's time is no number");
    }
    const rest = skipBlanks(bytes, timeTo, end);
    if (rest < end && !this.#isExemplar(rest)) {
      throw this.#malformed(rest, 'there is more behind a sample');
    }
    return Math.floor(time * (this.#isOpenMetrics ? 1_000_000 : 1_000));
  }

  #isExemplar(at: number): boolean {
    return this.#isOpenMetrics && this.#bytes[at] === hash;
  }

  /** The byte behind the brace that closes the labels. */
  #endOfLabels(from: number, end: number): number {
    const bytes = this.#bytes;
    let isQuoted = false;
    for (let at = from + 1; at < end; at++) {
      const byte = bytes[at]!;
      if (isQuoted) {
        if (byte === backslash) at += 1;
        else if (byte === quote) isQuoted = false;
      } else if (byte === quote) isQuoted = true;
      else if (byte === closeBrace) return at + 1;
    }
    throw this.#malformed(from, "a sample's labels do not end");
  }

  #isInFamily(from: number, to: number): boolean {
    const length = this.#familyLength;
    if (length === 0 || to - from < length) return false;
    const bytes = this.#bytes;
    // Backwards: names of one program tend to differ near their end.
    for (let at = length - 1; at >= 0; at--) {
      if (bytes[from + at] !== bytes[this.#familyFrom + at]) return false;
    }
    return true;
  }

  /** Text of bytes that a pattern is put to next, which knows nothing but ASCII. */
  #ascii(from: number, to: number): string {
    const end = Math.min(to, from + maxShownName);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, end - from).toString(
      'latin1',
    );
  }

  #malformed(offset: number, problem: string): TelemetryError {
    return malformedAt(this.#bytes, offset, problem);
  }
}

/** The error for a text that is none of its format; people look for the line, programs the byte. */
function malformedAt(bytes: Uint8Array, offset: number, problem: string): TelemetryError {
  let line = 1;
  for (let at = bytes.indexOf(newline); at >= 0 && at < offset; at = bytes.indexOf(newline, at + 1))
    line += 1;
  return new TelemetryError('TELEMETRY_MALFORMED', `Line ${line}: ${problem}.`, { offset });
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
  return at;
}

function skipWord(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== space && bytes[at] !== tab) at++;
  return at;
}
