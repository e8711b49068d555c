import type { IngestTotals } from './ingest-meter.js';

/** Where something listens. */
export interface ListenAddress {
  /** Address, not name. */
  readonly host: string;
  readonly port: number;
}

/** What became of a standard port of OTLP beside the main one. */
export type OtlpPortState =
  | { readonly state: 'listening'; readonly host: string; readonly port: number }
  | { readonly state: 'off' }
  | { readonly state: 'unavailable'; readonly port: number; readonly message: string };

/** What a running server does. */
export interface ServerStats {
  readonly address: ListenAddress;
  readonly otlpHttp: OtlpPortState;
  readonly otlpGrpc: OtlpPortState;
  /** Connections open now, on all ports. */
  readonly connections: {
    readonly http1: number;
    readonly http2: number;
    /** Have not sent enough to tell the protocol. */
    readonly undecided: number;
  };
  readonly ingest: IngestTotals;
  /** The same for spans: what the totals call points are spans. */
  readonly traces: IngestTotals;
  /** The same for log records: what the totals call points are records. */
  readonly logs: IngestTotals;
}
