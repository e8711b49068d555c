import type { IngestTotals } from './ingest-meter.js';

/** Where something listens. */
export interface ListenAddress {
  /** Address, not name. */
  readonly host: string;
  readonly port: number;
}

/** What became of the OTLP/HTTP port beside the main one. */
export type OtlpHttpState =
  | { readonly state: 'listening'; readonly host: string; readonly port: number }
  | { readonly state: 'off' }
  | { readonly state: 'unavailable'; readonly port: number; readonly message: string };

/** What a running server does. */
export interface ServerStats {
  readonly address: ListenAddress;
  readonly otlpHttp: OtlpHttpState;
  /** Connections open now, on both ports. */
  readonly connections: {
    readonly http1: number;
    readonly http2: number;
    /** Have not sent enough to tell the protocol. */
    readonly undecided: number;
  };
  readonly ingest: IngestTotals;
}
