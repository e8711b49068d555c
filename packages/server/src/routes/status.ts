import type { JsonObject } from '@bufbuild/protobuf';
import type { Database } from '@coral/storage';
import { answerJson } from '../answers/json-answer.js';
import { withDeadline } from '../deadline.js';
import type { JobRegistry, JobStatus } from '../jobs/job-registry.js';
import type { TargetRegistry, TargetStatus } from '../scrape/target-registry.js';
import type { ServerStats } from '../server-stats.js';
import type { Route } from './route.js';

/** What a status is made of. */
export interface StatusOptions {
  readonly database: Database;
  readonly colonyId: string;
  readonly version: string;
  readonly pid: number;
  /** When the server started, ms since the epoch. */
  readonly startedAtMs: number;
  readonly now: () => number;
  readonly settings: {
    readonly loopbackWithoutToken: boolean;
    readonly allowedHosts: readonly string[];
  };
  readonly stats: () => ServerStats;
  readonly jobs: Pick<JobRegistry, 'list'>;
  readonly targets: Pick<TargetRegistry, 'list'>;
}

/**
 * Says what is true of the running colony: process, listeners, store, ingest, and the settings that
 * decide who may do what. docs/http-api.md describes the fields.
 */
export async function describeStatus(options: StatusOptions): Promise<JsonObject> {
  const { database, now, settings } = options;
  const stored = await database.stats();
  const { otlpHttp, otlpGrpc, ingest, traces, logs, connections, address } = options.stats();
  return {
    colony_id: options.colonyId,
    version: options.version,
    pid: options.pid,
    started_at: new Date(options.startedAtMs).toISOString(),
    uptime_s: Math.max(0, Math.floor((now() - options.startedAtMs) / 1_000)),
    address: { host: address.host, port: address.port },
    otlp_http: { ...otlpHttp },
    otlp_grpc: { ...otlpGrpc },
    connections: { ...connections },
    database: {
      path: stored.path,
      state: database.state,
      size_bytes: stored.sizeBytes,
      wal_bytes: stored.walBytes,
      opened_at: stored.openedAt.toISOString(),
      last_checkpoint_at: stored.lastCheckpointAt?.toISOString() ?? null,
      schema_version: stored.schemaVersion,
      tables: { ...stored.tables },
      queue: { ...stored.queue },
      points: { ...stored.points },
      limits: {
        max_series: stored.limits.maxSeries,
        max_series_per_metric: stored.limits.maxSeriesPerMetric,
        max_spans_per_hour: stored.limits.maxSpansPerHour,
      },
    },
    room: {
      used_bytes: stored.room.usedBytes,
      max_size_bytes: stored.limits.maxSizeBytes,
      trash_bytes: stored.room.trashBytes,
      free_disk_bytes: stored.room.freeBytes,
      min_free_disk_bytes: stored.limits.minFreeDiskBytes,
      refuses: stored.room.refuses ?? null,
    },
    retention: {
      last_run_at: stored.retention.lastRun?.at.toISOString() ?? null,
      last_run_rows: stored.retention.lastRun?.rows ?? null,
      held_until: stored.retention.heldUntil?.toISOString() ?? null,
    },
    ingest: {
      requests: ingest.requests,
      failures: ingest.failures,
      points_accepted: ingest.pointsAccepted,
      points_rejected: ingest.pointsRejected,
      points_per_second: ingest.pointsPerSecond,
    },
    traces: {
      requests: traces.requests,
      failures: traces.failures,
      spans_accepted: traces.pointsAccepted,
      spans_rejected: traces.pointsRejected,
      spans_per_second: traces.pointsPerSecond,
    },
    logs: {
      requests: logs.requests,
      failures: logs.failures,
      records_accepted: logs.pointsAccepted,
      records_rejected: logs.pointsRejected,
      records_per_second: logs.pointsPerSecond,
    },
    jobs: options.jobs.list().map(describeJob),
    scrape: options.targets.list().map(describeTarget),
    settings: {
      loopback_without_token: settings.loopbackWithoutToken,
      allowed_hosts: [...settings.allowedHosts],
    },
  };
}

function describeJob(job: JobStatus): JsonObject {
  return {
    name: job.name,
    state: job.state,
    runs: job.runs,
    failures: job.failures,
    failures_in_a_row: job.failuresInARow,
    last_start_at: job.lastStartAt?.toISOString() ?? null,
    last_success_at: job.lastSuccessAt?.toISOString() ?? null,
    last_duration_ms: job.lastDurationMs ?? null,
    last_error: describeError(job.lastError),
    next_run_at: job.nextRunAt?.toISOString() ?? null,
  };
}

function describeTarget(target: TargetStatus): JsonObject {
  return {
    job: target.job,
    instance: target.instance,
    url: target.url,
    state: target.state,
    scrapes: target.scrapes,
    failures: target.failures,
    failures_in_a_row: target.failuresInARow,
    last_scrape_at: target.lastScrapeAt?.toISOString() ?? null,
    last_duration_ms: target.lastDurationMs ?? null,
    samples: target.samples,
    rejected: target.rejected,
    last_error: describeError(target.lastError),
  };
}

function describeError(error: JobStatus['lastError']): JsonObject | null {
  return error === undefined ? null : { at: error.at.toISOString(), message: error.message };
}

/** `GET /api/v1/status`. */
export function statusRoute(status: () => Promise<JsonObject>, timeoutMs: number): Route {
  return {
    method: 'GET',
    path: '/api/v1/status',
    access: 'token',
    dialect: 'json',
    answer: async (_request, response) => {
      answerJson(response, 200, await withDeadline(status(), timeoutMs, 'The status'));
    },
  };
}
