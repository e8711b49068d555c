import type { DecodeLimits } from '../decode-options.js';
import { limitExceeded, resolveLimits } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { Kernel } from '../kernel/kernel.js';
import { PointColumnsBuilder } from '../point-columns-builder.js';
import { defaultLabelMapping } from '../prometheus/label-mapping.js';
import type { LabelMapping } from '../prometheus/label-mapping.js';
import { MetricTypes } from '../prometheus/metric-types.js';
import { snappyLength, uncompressInto, uncompressSnappy } from '../snappy/uncompress-snappy.js';
import { WireReader } from '../wire/wire-reader.js';
import { LabelSeries } from './label-series.js';
import { readRequestV2 } from './read-request-v2.js';
import { readWriteRequest } from './read-write-request.js';
import { SampleSink } from './sample-sink.js';

/** How a decoder of remote write reads; every limit has a default. */
export interface RemoteWriteOptions extends Partial<DecodeLimits> {
  /** Which labels name the service. Default {@link defaultLabelMapping}. */
  readonly mapping?: LabelMapping;
  /** Types of metrics that are known already. Default: none. */
  readonly types?: MetricTypes;
  /** About how much memory the series of earlier requests may take, bytes. Default 64 MiB. */
  readonly maxCacheBytes?: number;
}

/** Version of the protocol that a request is in; its content type says it. */
export type RemoteWriteVersion = '1.0' | '2.0';

/** What one remote write request holds. */
export interface DecodedRemoteWrite extends DecodedMetrics {
  /** What was sent and can be stored, stale markers and values that are not finite included. */
  readonly samples: number;
  /** The same for samples that are native histograms. */
  readonly histograms: number;
  /** Stale markers, and values that are not finite: nothing to store, and nothing wrong. */
  readonly leftOut: number;
}

/** Requests up to this size are read by the kernel; senders make far smaller ones. bytes, either way */
const kernelBytes = 4 * 1024 * 1024;
/** What a message adds to the arena at most, as a multiple of its length: short labels are padded. */
const arenaShare = 4;

/**
 * Decodes Prometheus remote write requests into columns of points, and remembers between requests
 * which series their labels name and what type a metric has.
 *
 * Keep one for all senders of a colony.
 *
 * Cost:   well below a microsecond per sample of a known series; some microseconds for a new one.
 *         Memory is bounded by the limits.
 * Source: prometheus.io/docs/specs/prw/remote_write_spec; `docs/prometheus.md`.
 */
export class RemoteWriteDecoder {
  readonly #limits: DecodeLimits;
  readonly #types: MetricTypes;
  readonly #kernel = new Kernel(kernelBytes, kernelBytes);
  readonly #series: LabelSeries;
  /** Senders cut their requests to one size. */
  #lastPoints = 0;

  /** @throws {RangeError} when a limit is not a non-negative integer. */
  constructor(options: RemoteWriteOptions = {}) {
    this.#limits = resolveLimits(options);
    this.#types = options.types ?? new MetricTypes();
    const mapping = options.mapping ?? defaultLabelMapping;
    const { arena } = this.#kernel;
    this.#series = new LabelSeries(
      this.#limits,
      mapping,
      this.#types,
      options.maxCacheBytes,
      arena,
    );
  }

  /**
   * Decodes a request as it is sent: a snappy block, of what {@link decode} takes.
   *
   * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
   *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
   */
  decodeSnappy(block: Uint8Array, version: RemoteWriteVersion = '1.0'): DecodedRemoteWrite {
    const { maxBytes } = this.#limits;
    const length = snappyLength(block);
    if (!this.#kernel.holds(length, block.length)) {
      return this.decode(uncompressSnappy(block, maxBytes), version);
    }
    this.#beginBatch(length);
    return this.#read(uncompressInto(this.#kernel, block, maxBytes), version, true);
  }

  /**
   * Decodes an uncompressed request: a prometheus.WriteRequest of remote write 1.0, or an
   * io.prometheus.write.v2.Request of 2.0.
   *
   * Nothing is kept of `bytes`. Samples that cannot be stored are counted in `rejected`.
   *
   * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
   *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
   */
  decode(bytes: Uint8Array, version: RemoteWriteVersion = '1.0'): DecodedRemoteWrite {
    const { maxBytes } = this.#limits;
    if (bytes.length > maxBytes) throw limitExceeded('maxBytes', maxBytes);
    const isHeld = this.#kernel.holds(bytes.length);
    this.#beginBatch(bytes.length);
    return this.#read(isHeld ? this.#kernel.hold(bytes) : bytes, version, isHeld);
  }

  /** Before the message comes into the kernel: where its memory grows, views of it end. */
  #beginBatch(messageBytes: number): void {
    this.#series.beginBatch();
    this.#kernel.arena.reserve(Math.min(messageBytes, kernelBytes) * arenaShare);
  }

  #read(message: Uint8Array, version: RemoteWriteVersion, isHeld: boolean): DecodedRemoteWrite {
    const points = new PointColumnsBuilder(this.#lastPoints);
    const sink = new SampleSink(this.#limits, this.#series, points);
    const reader = new WireReader(message, 0, 'Prometheus remote write');
    if (version === '2.0') readRequestV2(reader, sink);
    else readWriteRequest(reader, sink, this.#types, isHeld ? this.#kernel : undefined);
    const decoded = sink.finish();
    this.#lastPoints = decoded.points.length;
    return decoded;
  }
}
