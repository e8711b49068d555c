import type { OtlpEncoding, OtlpSignal, RejectedPoints } from '@coral/telemetry';
import type { IngestMeter } from '../ingest-meter.js';

/** Largest request, sent and decompressed. Source: the OTLP specification's recommended default. */
export const maxExportBytes = 20 * 1024 * 1024;

/**
 * One of the things that OTLP carries, and what the colony does with it. The transports know nothing
 * else of it: HTTP, gRPC, encodings, limits, partial success and failures are theirs.
 *
 * To add one, write a file beside this one that makes a Signal (`metrics-signal.ts` is the model) and
 * put it into the list in `start-server.ts`: its routes over HTTP and gRPC come from that. Its section
 * in docs/http-api.md is due with it; a spec says so.
 */
export interface Signal {
  readonly name: OtlpSignal;
  /** Path of OTLP/HTTP, such as `/v1/metrics`. */
  readonly httpPath: string;
  /** Path of OTLP/gRPC, such as `/opentelemetry.proto.collector.metrics.v1.MetricsService/Export`. */
  readonly grpcPath: string;
  /** Counts what came in. The transports do that; one meter for both. */
  readonly meter: IngestMeter;
  /**
   * Decodes one export request and stores it; settles after the commit, because what is acknowledged
   * must be on disk. Nothing is kept of `body`.
   *
   * @param body at most {@link maxExportBytes}, decompressed
   * @throws {TelemetryError} when it cannot be decoded at all
   * @throws {StorageError} when nothing of it could be stored
   */
  readonly receive: (body: Uint8Array, encoding: OtlpEncoding) => Promise<Received>;
}

/** What became of the data points, spans or log records of one request. */
export interface Received {
  /** How many are on disk. */
  readonly accepted: number;
  /** Those that cannot be stored, by reason: the answer's partial success. `[]` when all can. */
  readonly rejected: readonly RejectedPoints[];
}
