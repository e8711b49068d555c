import { performance } from 'node:perf_hooks';
import type { Database } from '@coral/storage';
import { describeSeries, PointColumnsBuilder } from '@coral/telemetry';
import type { SeriesDescriptor } from '@coral/telemetry';
import type { Logger } from '../logger.js';
import { startEventLoopMeter } from './event-loop-delay.js';
import type { JobRegistry, JobStatus } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** The service as which a colony reports on itself. */
export const selfServiceName = 'coral-colony';

/** What {@link startSelfMetrics} needs. */
export interface SelfMetricsOptions {
  readonly database: Pick<Database, 'stats' | 'appendPoints'>;
  readonly logger: Logger;
  readonly colonyId: string;
  /** The colony's version. */
  readonly version: string;
  /** Pause between reports, ms. Default 10,000. The first report is made at once. */
  readonly intervalMs?: number;
  /** The time, ms since the epoch. Default the system's clock. */
  readonly now?: () => number;
  /** Whose jobs are reported, and where this one is listed. Default: none, and nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/** One thing measured: what it is, and its value now; undefined when there is none now. */
interface Instrument<From> {
  readonly series: SeriesDescriptor;
  /** When a counter began at 0, ms since the epoch; 0 for gauges. */
  readonly startMs: number;
  readonly value: (from: From) => number | undefined;
}

/** What one report is made of. */
interface Reading {
  readonly stats: Awaited<ReturnType<Database['stats']>>;
  readonly memory: NodeJS.MemoryUsage;
  readonly cpu: NodeJS.CpuUsage;
  readonly cpuUtilization: number;
  readonly loopUtilization: number;
  readonly loopDelay: { readonly p50S: number; readonly p99S: number } | undefined;
}

/**
 * Lets the colony report on itself through the same path as everybody's telemetry: its memory, its
 * processor time, its event loop, and what its store takes in, as metrics of the service
 * `coral-colony`. So a new colony holds real data within seconds.
 *
 * A report that cannot be stored is logged and dropped; nothing is thrown.
 *
 * Units: bytes, seconds, ratios of 1; names and units of OpenTelemetry's semantic conventions where
 * these have any. docs/self-metrics.md lists them.
 *
 * @example
 * const selfMetrics = startSelfMetrics({ database, logger, colonyId, version: '0.1.0' });
 * // …
 * await selfMetrics.stop();
 */
export function startSelfMetrics(options: SelfMetricsOptions): RunningJob {
  const { database, logger, colonyId, version, jobs, now = Date.now } = options;
  const meter = startProcessMeter();
  const resource = {
    'service.name': selfServiceName,
    'service.version': version,
    'service.instance.id': colonyId,
  };
  const startMs = now();
  const instruments = instrumentsOf(resource, startMs);
  const instrumentsByJob = new Map<string, Instrument<JobStatus>[]>();
  const instrumentsOfJob = (name: string): Instrument<JobStatus>[] => {
    const known = instrumentsByJob.get(name) ?? jobInstrumentsOf(resource, startMs, name);
    instrumentsByJob.set(name, known);
    return known;
  };
  const service = {
    id: selfServiceName,
    name: selfServiceName,
    appId: selfServiceName,
    version,
    agentId: colonyId,
    labels: resource,
    status: 'running',
  } as const;

  const job = startPeriodicJob({
    name: 'self-metrics',
    intervalMs: options.intervalMs ?? 10_000,
    logger,
    jobs,
    run: async () => {
      const reading = { stats: await database.stats(), ...meter.read() };
      const at = now();
      const builder = new PointColumnsBuilder();
      addAll(builder, instruments, reading, at);
      for (const status of jobs?.list() ?? []) {
        addAll(builder, instrumentsOfJob(status.name), status, at);
      }
      await database.appendPoints(builder.build(), [{ ...service, lastSeen: new Date(at) }]);
    },
  });
  return {
    stop: async () => {
      await job.stop();
      meter.stop();
    },
  };
}

/** The names of everything that {@link startSelfMetrics} reports, sorted. */
export function selfMetricNames(): string[] {
  const all = [...instrumentsOf({}, 0), ...jobInstrumentsOf({}, 0, '')];
  return [...new Set(all.map(({ series }) => series.metricName))].sort();
}

/** Reads every instrument now, and adds what there is. */
function addAll<From>(
  builder: PointColumnsBuilder,
  instruments: readonly Instrument<From>[],
  from: From,
  atMs: number,
): void {
  for (const { series, startMs, value } of instruments) {
    const measured = value(from);
    if (measured === undefined) continue;
    builder.addNumber(builder.addSeries(series), atMs * 1_000, startMs * 1_000, measured);
  }
}

/** Makes instruments of one resource that began to count at one time. */
function makersOf<From>(resource: Record<string, string>, startMs: number) {
  const describe = (rest: Omit<Parameters<typeof describeSeries>[0], 'resource' | 'scope'>) =>
    describeSeries({ resource, scope: 'coral', ...rest });
  type Value = Instrument<From>['value'];
  type Labels = Record<string, string>;
  return {
    gauge: (metricName: string, unit: string, value: Value, attributes: Labels = {}) => ({
      series: describe({ metricName, unit, kind: 'gauge', attributes }),
      startMs: 0,
      value,
    }),
    counter: (metricName: string, unit: string, value: Value, attributes: Labels = {}) => ({
      series: describe({
        metricName,
        unit,
        kind: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        attributes,
      }),
      startMs,
      value,
    }),
  };
}

function jobInstrumentsOf(
  resource: Record<string, string>,
  startMs: number,
  jobName: string,
): Instrument<JobStatus>[] {
  const { gauge, counter } = makersOf<JobStatus>(resource, startMs);
  const labels = { 'coral.job.name': jobName };
  const inSeconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);
  return [
    counter('coral.job.runs', '{run}', ({ runs }) => runs, labels),
    counter('coral.job.failures', '{run}', ({ failures }) => failures, labels),
    gauge('coral.job.failures_in_a_row', '{run}', (job) => job.failuresInARow, labels),
    gauge('coral.job.duration', 's', (job) => inSeconds(job.lastDurationMs), labels),
  ];
}

function instrumentsOf(resource: Record<string, string>, startMs: number): Instrument<Reading>[] {
  const { gauge, counter } = makersOf<Reading>(resource, startMs);
  return [
    gauge('process.memory.usage', 'By', ({ memory }) => memory.rss),
    gauge('v8js.memory.heap.used', 'By', ({ memory }) => memory.heapUsed),
    gauge('process.cpu.utilization', '1', (reading) => reading.cpuUtilization),
    counter('process.cpu.time', 's', ({ cpu }) => cpu.user / 1e6, { 'cpu.mode': 'user' }),
    counter('process.cpu.time', 's', ({ cpu }) => cpu.system / 1e6, { 'cpu.mode': 'system' }),
    gauge('nodejs.eventloop.utilization', '1', (reading) => reading.loopUtilization),
    gauge('nodejs.eventloop.delay.p50', 's', ({ loopDelay }) => loopDelay?.p50S),
    gauge('nodejs.eventloop.delay.p99', 's', ({ loopDelay }) => loopDelay?.p99S),
    counter('coral.ingest.points', '{point}', ({ stats }) => stats.points.accepted),
    counter('coral.ingest.points.rejected', '{point}', ({ stats }) => stats.points.rejected),
    counter('coral.ingest.points.refused', '{point}', ({ stats }) => stats.points.refused),
    gauge('coral.storage.series', '{series}', ({ stats }) => stats.points.series),
    gauge('coral.storage.queue.depth', '{write}', ({ stats }) => stats.queue.depth),
    counter('coral.storage.commits', '{commit}', ({ stats }) => stats.queue.commits),
    counter('coral.storage.failures', '{write}', ({ stats }) => stats.queue.failures),
    gauge('coral.storage.size', 'By', ({ stats }) => stats.sizeBytes),
    gauge('coral.storage.wal.size', 'By', ({ stats }) => stats.walBytes),
  ];
}

/** Measures this process between two readings. */
function startProcessMeter(): { read: () => Omit<Reading, 'stats'>; stop: () => void } {
  const delay = startEventLoopMeter();
  const firstCpu = process.cpuUsage();
  let lastCpu = firstCpu;
  let lastAt = performance.now();
  let lastLoop = performance.eventLoopUtilization();
  return {
    read: () => {
      const cpu = process.cpuUsage();
      const at = performance.now();
      const loop = performance.eventLoopUtilization();
      const usedUs = cpu.user + cpu.system - lastCpu.user - lastCpu.system;
      const elapsedUs = Math.max(1, (at - lastAt) * 1_000);
      const reading = {
        memory: process.memoryUsage(),
        cpu: process.cpuUsage(firstCpu),
        cpuUtilization: usedUs / elapsedUs,
        loopUtilization: performance.eventLoopUtilization(loop, lastLoop).utilization,
        loopDelay: delay.read(),
      };
      [lastCpu, lastAt, lastLoop] = [cpu, at, loop];
      return reading;
    },
    stop: () => delay.stop(),
  };
}
