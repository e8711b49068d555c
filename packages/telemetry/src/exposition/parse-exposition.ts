import { limitExceeded } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import type { ExpositionFormat } from './exposition-format.js';
import type { ExpositionTarget } from './exposition-target.js';
import { ExpositionReader } from './exposition-reader.js';
import { SampleSink } from './sample-sink.js';

/** What a scrape's answer is read with. */
export interface ParseExpositionOptions {
  readonly target: ExpositionTarget;
  readonly format: ExpositionFormat;
  /** The time of samples that name none, µs since the epoch. */
  readonly timeUs: number;
}

/** What one scrape holds. */
export interface ParsedExposition extends DecodedMetrics {
  /** Lines that are samples, stored or not. */
  readonly samples: number;
}

/**
 * Reads what a target of Prometheus serves, in the text format or in OpenMetrics, into columns of
 * points.
 *
 * Nothing is kept of `bytes`. Samples that are not finite are left out: they say that there is
 * nothing. Exemplars are read over.
 *
 * Cost:   well below a microsecond for a sample whose series the target had before.
 * Source: Prometheus' exposition format 0.0.4; OpenMetrics 1.0; `docs/scraping.md`.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when it is not such a text: nothing of it counts;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 * @example
 * const target = new ExpositionTarget({ labels: { job: 'shop', instance: '127.0.0.1:8080' } });
 * const { points } = parseExposition(body, { target, format: 'text', timeUs });
 */
export function parseExposition(
  bytes: Uint8Array,
  options: ParseExpositionOptions,
): ParsedExposition {
  const { limits, series } = options.target;
  if (bytes.length > limits.maxBytes) throw limitExceeded('maxBytes', limits.maxBytes);
  series.beginScrape();
  const sink = new SampleSink(limits, series);
  new ExpositionReader(bytes, { ...options, series, sink }).read();
  return { ...sink.finish(), samples: sink.samples };
}
