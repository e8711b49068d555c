/** The fields of `GET /api/v1/status` that are shown; the server's docs/http-api.md has them all. */
export interface ColonyStatus {
  readonly colony_id: string;
  readonly version: string;
  readonly pid: number;
  readonly uptime_s: number;
  readonly otlp_http: OtlpPort;
  readonly otlp_grpc: OtlpPort;
  readonly database: {
    readonly path: string;
    readonly size_bytes: number;
    readonly wal_bytes: number;
    readonly last_checkpoint_at: string | null;
    readonly schema_version: number;
    readonly points: { readonly accepted: number; readonly rejected: number };
  };
  readonly room: {
    readonly used_bytes: number;
    readonly max_size_bytes: number;
    readonly trash_bytes: number;
    readonly free_disk_bytes: number;
    readonly refuses: string | null;
  };
  readonly retention: {
    readonly last_run_at: string | null;
    readonly last_run_rows: number | null;
    readonly held_until: string | null;
  };
  readonly ingest: { readonly points_per_second: number };
  readonly jobs: readonly ColonyJob[];
  readonly scrape: readonly ColonyTarget[];
  readonly settings: { readonly loopback_without_token: boolean };
}

/** One job of {@link ColonyStatus}. */
export interface ColonyJob {
  readonly name: string;
  readonly state: 'running' | 'waiting' | 'backing_off';
  readonly failures_in_a_row: number;
  readonly last_start_at: string | null;
  readonly last_success_at: string | null;
  readonly last_duration_ms: number | null;
  readonly last_error: { readonly at: string; readonly message: string } | null;
  readonly next_run_at: string | null;
}

/** A standard port of OTLP in {@link ColonyStatus}. */
export type OtlpPort =
  | { readonly state: 'listening'; readonly host: string; readonly port: number }
  | { readonly state: 'off' }
  | { readonly state: 'unavailable'; readonly port: number };

/** One scrape target of {@link ColonyStatus}. */
export interface ColonyTarget {
  readonly job: string;
  readonly instance: string;
  readonly state: 'waiting' | 'up' | 'down';
  readonly failures_in_a_row: number;
  readonly last_scrape_at: string | null;
  readonly samples: number;
  readonly rejected: number;
  readonly last_error: { readonly at: string; readonly message: string } | null;
}
