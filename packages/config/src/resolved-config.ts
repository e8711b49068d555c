import type { BackupSettings } from './backup-settings.js';
import type { ColonyId } from './colony-id.js';
import type { RetentionRule } from './retention-rules.js';
import type { ScrapeTarget } from './scrape-targets.js';
import type { Secret } from './secret.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Everything a colony needs to know to run; plain data, with its secrets wrapped. */
export interface ResolvedConfig {
  /** Absolute. `~/.coral` or what `CORAL_CONFIG` names. */
  readonly baseDir: string;
  /** Absolute; the directory that holds the project's `.coral`. Absent outside a project. */
  readonly projectDir?: string;
  readonly colonyId: ColonyId;
  readonly applicationName?: string;
  readonly environment?: string;
  readonly colonySecret: Secret;
  /** Absent when the colony's file holds no keys. */
  readonly wireguard?: {
    readonly privateKey: Secret;
    readonly publicKey: string;
  };
  readonly storage: {
    /** Absolute; need not exist yet. */
    readonly path: string;
    /** Absolute: `<path>/<colonyId>.duckdb`. */
    readonly databasePath: string;
    /** Bytes. Absent: the store decides. */
    readonly memoryLimitBytes?: number;
    /** Absent: the store decides. */
    readonly threads?: number;
    /** Whether a file of an older schema is upgraded when it is opened. */
    readonly migrate: boolean;
    /** Milliseconds: how long metric summaries stay where late ones can replace them. */
    readonly hotWindowMs: number;
    /** How long rows stay; of several rules that fit a row the first decides. */
    readonly retention: readonly RetentionRule[];
    /** Milliseconds for which deleted rows can be brought back; 0: they are gone at once. */
    readonly trashMs: number;
    /** Bytes that the colony may take on the disk. Absent: whatever there is. */
    readonly maxSizeBytes?: number;
    /** Bytes of free disk below which nothing more is written; 0: no such limit. */
    readonly minFreeDiskBytes: number;
    /** Series beyond which new ones are refused; 0: no such limit. */
    readonly maxSeries: number;
    /** The same for one metric of one service. */
    readonly maxSeriesPerMetric: number;
    /** Spans of one hour beyond which further ones are refused; 0: no such limit. */
    readonly maxSpansPerHour: number;
  };
  readonly backup: BackupSettings;
  readonly server: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
    /** Absent: switched off. */
    readonly otlpHttpPort?: number;
    /** Absent: switched off. */
    readonly otlpGrpcPort?: number;
  };
  readonly telemetry: {
    /** Whether telemetry from this machine is taken without the token. Queries always need it. */
    readonly loopbackWithoutToken: boolean;
    readonly selfMetrics: boolean;
    /** Which labels of Prometheus' metrics name the service, and which of those are one per instance. */
    readonly prometheus: {
      readonly serviceLabels: readonly string[];
      readonly perInstance: readonly string[];
    };
    /** Milliseconds of silence after which a service counts as stopped. */
    readonly stoppedAfterMs: number;
    /** How old telemetry may be when it comes, milliseconds. */
    readonly acceptLateMs: number;
  };
  /** What the colony fetches metrics from by itself; [] mostly. */
  readonly scrape: readonly ScrapeTarget[];
  readonly log: { readonly level: LogLevel };
  readonly discovery: { readonly endpoint?: string };
  readonly ai: { readonly provider?: string };
  /** Sentences for people about things that are probably mistakes; [] mostly. */
  readonly warnings: readonly string[];
}
