import * as z from 'zod/mini';
import * as retention from './retention.js';
import * as scrape from './scrape.js';
import * as value from './values.js';

/** A section may be there with everything in it commented out, which YAML reads as null. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.optional(z.nullable(z.strictObject(shape)));
}

/** What may stand in any of the three files; the nearer file wins, key by key. */
export const sharedSections = {
  storage: section({
    path: z.optional(value.directory),
    memory_limit: z.optional(value.memoryLimit),
    threads: z.optional(value.threads),
    migrate: z.optional(value.flag),
    hot_window: z.optional(value.hotWindow),
    retention: section({
      metric_summaries: z.optional(retention.keepByInterval),
      events: z.optional(retention.keep),
      insights: z.optional(retention.keep),
      service_connections: z.optional(retention.keep),
      baselines: z.optional(retention.keep),
      services: z.optional(retention.keep),
      rules: z.optional(retention.rules),
    }),
    trash: z.optional(value.duration),
    max_size: z.optional(value.maxSize),
    min_free_disk: z.optional(value.size),
    max_series: z.optional(value.seriesLimit),
    max_series_per_metric: z.optional(value.seriesLimit),
    max_spans_per_hour: z.optional(value.spanLimit),
  }),
  backup: section({
    schedule: z.optional(value.backupSchedule),
    directory: z.optional(value.directory),
    keep: z.optional(value.keptBackups),
    key_file: z.optional(value.directory),
  }),
  server: section({
    host: z.optional(value.host),
    port: z.optional(value.port),
    otlp_http_port: z.optional(value.portOrOff),
    otlp_grpc_port: z.optional(value.portOrOff),
  }),
  telemetry: section({
    loopback_without_token: z.optional(value.flag),
    self_metrics: z.optional(value.flag),
    prometheus: section({
      service_labels: z.optional(value.labelNames),
      per_instance: z.optional(value.serviceNames),
    }),
    stopped_after: z.optional(value.silence),
    accept_late: z.optional(value.lateness),
  }),
  scrape: z.optional(z.nullable(scrape.jobs)),
  log: section({ level: z.optional(value.logLevel) }),
  discovery: section({ endpoint: z.optional(value.endpoint) }),
  ai: section({ provider: z.optional(value.provider) }),
};
