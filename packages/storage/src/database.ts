import { stat } from 'node:fs/promises';
import path from 'node:path';
import { sizeOf } from './files/size-of.js';
import { backup, type BackupOptions, type BackupResult } from './backup/backup.js';
import { snapshot, type SnapshotResult } from './backup/snapshot.js';
import { databasePath } from './database-path.js';
import { explainInsight, type InsightExplanation } from './learning/explain-insight.js';
import { learn, type LearnResult } from './learning/learn.js';
import { maintain, type MaintenanceReport } from './maintenance/maintain.js';
import { diagnose } from './doctor/diagnose.js';
import type { DoctorOptions, Finding } from './doctor/finding.js';
import { repairIndexes, type IndexRepair } from './doctor/repair-indexes.js';
import { StorageError } from './storage-error.js';
import type { Connection } from './duckdb/connection.js';
import { MemoryReturn } from './duckdb/memory-return.js';
import { ErrorLog } from './events/error-log.js';
import { tellConnections } from './events/tell-connections.js';
import { checkErrors } from './events/check-errors.js';
import type { LoggedErrors } from './events/logged-errors.js';
import {
  exportTable,
  type ExportTableOptions,
  type ExportTableResult,
} from './exchange/export-table.js';
import {
  importTable,
  type ImportTableOptions,
  type ImportTableResult,
} from './exchange/import-table.js';
import { Journal } from './journal/journal.js';
import { closeFile, openFile, type OpenFile } from './lifecycle/open-file.js';
import type { RecoveryReport } from './lifecycle/recovery-report.js';
import { SideConnection } from './lifecycle/side-connection.js';
import { ensureStorageDirectory } from './lifecycle/storage-directory.js';
import { removeEmptyWorkFolder, workFolder } from './lifecycle/work-folder.js';
import { silentLogger } from './logger.js';
import { schemaVersion } from './migrations/index.js';
import { checkOptions, defaultOptions, type OpenDatabaseOptions } from './open-options.js';
import { CardinalityReport, refusalReason } from './points/cardinality-report.js';
import { checkPoints, type RejectedPoints } from './points/check-points.js';
import { DirtyWindows } from './points/dirty-windows.js';
import type { PointColumns } from './points/point-columns.js';
import { PointWriter, type RefusedPoints } from './points/point-writer.js';
import { SeriesDictionary, type SeriesLimits } from './points/series-dictionary.js';
import { Pace } from './points/pace.js';
import { PointIntake } from './points/point-intake.js';
import { PointOrder } from './points/point-order.js';
import { summarise } from './points/summarise.js';
import type { TaskOptions } from './progress.js';
import { processStarts } from './services/process-starts.js';
import { SenderCheck } from './services/sender-check.js';
import { ServiceFold, type CheckedSighting } from './services/service-fold.js';
import type { ServiceSighting } from './services/service-sighting.js';
import { watchServices, type WatchServicesResult } from './services/watch-services.js';
import { writeFolded, writeNoteworthy } from './services/write-sightings.js';
import { readBaselines, type ListBaselinesFilter } from './queries/baselines.js';
import { readEvents, type ListEventsFilter } from './queries/events.js';
import { readInsight, readInsights, type ListInsightsFilter } from './queries/insights.js';
import {
  readMetrics,
  readMetricSummaries,
  type ListMetricSummariesFilter,
  type MetricListing,
} from './queries/metric-summaries.js';
import {
  queryReadOnly,
  type QueryReadOnlyOptions,
  type QueryResult,
} from './queries/query-read-only.js';
import {
  compareWithBaseline,
  type BaselineComparison,
  type CompareWithBaselineOptions,
} from './queries/compare-with-baseline.js';
import { latestMetric, type LatestMetricOptions } from './queries/latest-metric.js';
import {
  movingAverage,
  type MovingAverageOptions,
  type MovingAveragePoint,
} from './queries/moving-average.js';
import { readMetricTypes, type MetricType } from './queries/metric-types.js';
import { queryMetric, type MetricSeries, type QueryMetricOptions } from './queries/query-metric.js';
import { topBy, type TopByOptions, type TopEntry } from './queries/top-by.js';
import { ReaderPool } from './queries/reader-pool.js';
import { readService, readServices, type ListServicesFilter } from './queries/services.js';
import { readTableSizes } from './queries/table-sizes.js';
import { readTopology, type Topology } from './queries/topology.js';
import type { RetentionResult } from './retention/apply-retention.js';
import type { TrashedRun } from './retention/list-trash.js';
import type { RetentionPlan } from './retention/plan-retention.js';
import type { Forecast } from './retention/read-forecast.js';
import type { RetentionPolicy } from './retention/retention-policy.js';
import {
  Retention,
  type KeepRoomResult,
  type RetainResult,
  type RetentionState,
  type UndoOptions,
} from './retention/retention.js';
import { RoomGuard, type Room } from './retention/room-guard.js';
import type { UndoResult } from './retention/undo-retention.js';
import { ClosedTimes } from './rollups/closed-times.js';
import { DirtyRollups } from './rollups/dirty-rollups.js';
import { rollUp, type RollUpResult } from './rollups/roll-up.js';
import type { Baseline, BaselineWindow } from './schema/tables/baselines.js';
import type { Event } from './schema/tables/events.js';
import type { Insight } from './schema/tables/insights.js';
import type { MetricSummary } from './schema/tables/metric-summaries.js';
import type { Service, ServiceStatus } from './schema/tables/services.js';
import { checkSpans } from './spans/check-spans.js';
import { connectWindow } from './spans/connect-window.js';
import { DirtyConnections } from './spans/dirty-connections.js';
import { OperationDictionary } from './spans/operation-dictionary.js';
import type { SpanColumns } from './spans/span-columns.js';
import { SpanCount } from './spans/span-count.js';
import { SpanLimitReport } from './spans/span-limit-report.js';
import { SpanWriter } from './spans/span-writer.js';
import type { Store } from './store.js';
import { boundaryForBulk } from './tiers/boundary-for-bulk.js';
import { moveBoundary, seal, type SealResult } from './tiers/seal.js';
import { TierBoundary } from './tiers/tier-boundary.js';
import { checkBaseline, removePin, writeBaseline, type BaselineInput } from './writes/baselines.js';
import { checkEvents, writeEvents, type EventInput } from './writes/events.js';
import { checkInsight, endInsight, writeInsight, type InsightInput } from './writes/insights.js';
import { writeMetricSummaries } from './writes/metric-summaries.js';
import {
  checkConnections,
  writeConnections,
  type ConnectionInput,
} from './writes/service-connections.js';
import {
  checkHeartbeat,
  checkService,
  removeService,
  writeHeartbeat,
  writeService,
  type ServiceInput,
} from './writes/services.js';
import { toSummaryColumns } from './writes/summary-columns.js';
import { WriteQueue, type WriteOptions, type WriteQueueStats } from './writes/write-queue.js';

export type DatabaseState = 'open' | 'closing' | 'closed' | 'failed';

export interface AppendPointsResult {
  /** Points stored and durable. */
  readonly accepted: number;
  readonly rejected: readonly RejectedPoints[];
}

export interface SummariseOptions {
  /**
   * Leaves for later what would take more than its share of the time: windows that go on, or that late
   * points revise, when computing them takes long. Those that are over never wait. Default false:
   * everything is brought up to date.
   */
  readonly paced?: boolean;
}

export interface AppendSpansResult {
  /** Spans stored and durable. */
  readonly accepted: number;
  readonly rejected: readonly RejectedPoints[];
}

export interface ConnectServicesResult {
  /** Windows of 5 minutes whose spans were looked at. */
  readonly windows: number;
  /** Windows that say something else about connections than before, those of their kin included. */
  readonly changed: number;
  readonly durationMs: number;
}

export interface SummariseResult {
  /** Windows that were brought up to date. */
  readonly windows: number;
  /** Rows of `metric_summaries` written. */
  readonly summaries: number;
  readonly durationMs: number;
}

export interface DatabaseStats {
  readonly path: string;
  /** Of the database file. */
  readonly sizeBytes: number;
  /** Of the write-ahead log; 0 when there is none. */
  readonly walBytes: number;
  readonly openedAt: Date;
  /** The last CHECKPOINT that this process asked for; DuckDB makes others as the log grows. */
  readonly lastCheckpointAt: Date;
  readonly schemaVersion: number;
  /** Rows per table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly queue: WriteQueueStats;
  readonly points: {
    readonly accepted: number;
    readonly rejected: number;
    /** Of those rejected: whose series would have been one too many. */
    readonly refused: number;
    readonly series: number;
  };
  /** How much room there is. */
  readonly room: Room;
  readonly limits: {
    /** 0: none. */
    readonly minFreeDiskBytes: number;
    /** 0: none. */
    readonly maxSizeBytes: number;
    /** 0: none. */
    readonly maxSeries: number;
    /** 0: none. */
    readonly maxSeriesPerMetric: number;
    /** 0: none. */
    readonly maxSpansPerHour: number;
  };
  readonly retention: RetentionState;
}

/** Pending writes and points beyond which new ones are refused with `STORAGE_OVERLOADED`. */
const maxPendingWrites = 10_000;
const maxPendingPoints = 1_000_000;
/** How long close waits for reads before it interrupts them. ms */
const closeGraceMs = 2_000;
const pingTimeoutMs = 5_000;
const keepEverything: RetentionPolicy = { rules: [], trashMs: 0 };

/**
 * Opens a colony's database, `{storagePath}/{colonyId}.duckdb`; creates directory, file and schema
 * where they are missing.
 *
 * After an unclean stop the write-ahead log is replayed, every index is compared with its table and
 * mended where it differs; what was found stands in `recovery`, in the log, and as a row in `events`.
 *
 * Source: RFD 010, `New(storagePath, colonyID)`.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the option, `STORAGE_LOCKED`,
 *   `STORAGE_PATH_…`, `STORAGE_COLONY_ID_INVALID`, `STORAGE_NOT_A_DATABASE`, `STORAGE_CORRUPT`, `STORAGE_SCHEMA_NEWER`,
 *   `STORAGE_MIGRATION_CHANGED`, `STORAGE_MIGRATION_PENDING`, `STORAGE_DISK_FULL`
 * @example
 * await using database = await openDatabase({ storagePath: '.coral', colonyId: 'my-shop-dev' });
 * await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
 * console.log(await database.getRecentEvents('checkout', 10));
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { storagePath, colonyId } = options;
  const file = databasePath(storagePath, colonyId);
  const settings: Settings = {
    ...defaultOptions,
    logger: silentLogger,
    onFailure: () => undefined,
    whileOpening: () => undefined,
    now: Date.now,
    retention: keepEverything,
    ...withoutUndefined(options),
  };
  checkOptions(settings);
  await ensureStorageDirectory(path.dirname(file));
  const opened = await openFile(file, settings, settings.now);
  try {
    const parts = await Database.prepare(opened, file, settings);
    const database = new Database(file, colonyId, settings, opened, parts);
    await database.reportRecovery();
    await database.reportUpgrade();
    settings.logger.info({ path: file, durationMs: opened.recovery.durationMs }, 'database opened');
    return database;
  } catch (reason) {
    await closeFile(opened).catch(() => undefined); // The first error leads.
    throw reason;
  }
}

type Settings = Required<OpenDatabaseOptions>;

interface Parts {
  readonly series: SeriesDictionary;
  readonly windows: DirtyWindows;
  readonly order: PointOrder;
  readonly boundary: TierBoundary;
  readonly points: PointWriter;
  readonly rollups: DirtyRollups;
  readonly closed: ClosedTimes;
  readonly operations: OperationDictionary;
  readonly connections: DirtyConnections;
  readonly spans: SpanWriter;
  readonly spanCount: SpanCount;
  /** The newest entry of the journal that the database has. */
  readonly drainedUntil: number;
  /** Which file was opened, whatever stands under its path later. */
  readonly identity: string | undefined;
}

/**
 * A colony's open database. Every method that writes resolves after the commit that makes it
 * durable; every method that reads has a deadline.
 *
 * Get one with {@link openDatabase}.
 *
 * @throws {StorageError} every method: `STORAGE_NOT_OPEN` after close, `STORAGE_FATAL` once DuckDB
 *   gave up the instance; writers: `STORAGE_INVALID_INPUT` with the field, `STORAGE_OVERLOADED`,
 *   `STORAGE_DISK_FULL`; readers: `STORAGE_TIMEOUT`
 */
export class Database implements AsyncDisposable {
  /** The file, absolute. */
  readonly path: string;
  readonly colonyId: string;
  /** What opening found and did. */
  readonly recovery: RecoveryReport;

  readonly #file: OpenFile;
  readonly #parts: Parts;
  readonly #store: Store;
  readonly #fold = new ServiceFold();
  readonly #senders: SenderCheck;
  readonly #queue: WriteQueue;
  readonly #intake: PointIntake;
  readonly #readers: ReaderPool;
  readonly #side: SideConnection;
  readonly #computing: SideConnection;
  /** Apart from the readers: a colony whose readers are all busy is still well. */
  readonly #pinger: ReaderPool;
  readonly #memory: MemoryReturn;
  readonly #guard: RoomGuard;
  readonly #retention: Retention;
  readonly #errors: ErrorLog;
  readonly #settings: Settings;
  readonly #openedAt: Date;
  readonly #identity: string | undefined;
  #lastCheckpointAt: Date;
  readonly #cardinality = new CardinalityReport();
  readonly #spanLimit: SpanLimitReport;
  #points = { accepted: 0, rejected: 0, refused: 0 };
  #state: DatabaseState = 'open';
  #closing: Promise<void> | undefined;
  /** Settles when the last summarising or rolling up that was asked for has ended. */
  #computed: Promise<unknown> = Promise.resolve();
  readonly #summaryPace = new Pace();
  readonly #rollUpPace = new Pace();
  /** The same of learning. */
  #learned: Promise<unknown> = Promise.resolve();

  /** @internal use {@link openDatabase} */
  static async prepare(
    file: OpenFile,
    path: string,
    limits: SeriesLimits & Pick<Settings, 'maxSpansPerHour'>,
  ): Promise<Parts> {
    const series = new SeriesDictionary(limits);
    const windows = new DirtyWindows();
    const boundary = new TierBoundary();
    await series.load(file.writer);
    await windows.load(file.writer);
    await boundary.load(file.writer);
    const order = new PointOrder();
    order.doubtUntil(windows.newestUs);
    const rollups = new DirtyRollups();
    await rollups.load(file.writer);
    const closed = new ClosedTimes();
    await closed.load(file.writer);
    const operations = new OperationDictionary();
    await operations.load(file.writer);
    const connections = new DirtyConnections();
    await connections.load(file.writer);
    const spanCount = new SpanCount(limits.maxSpansPerHour);
    await spanCount.load(file.writer);
    return {
      series,
      windows,
      order,
      boundary,
      rollups,
      closed,
      points: await PointWriter.create(file.writer, { series, windows, order }),
      operations,
      connections,
      spans: await SpanWriter.create(file.writer, { operations, windows, connections, spanCount }),
      spanCount,
      drainedUntil: file.journal?.drainedUntil ?? 0,
      identity: await fileIdentity(path),
    };
  }

  /** @internal use {@link openDatabase} */
  constructor(
    filePath: string,
    colonyId: string,
    settings: Settings,
    file: OpenFile,
    parts: Parts,
  ) {
    this.path = filePath;
    this.colonyId = colonyId;
    this.recovery = file.recovery;
    this.#file = file;
    this.#parts = parts;
    this.#settings = settings;
    this.#senders = new SenderCheck(settings.logger);
    this.#memory = new MemoryReturn(settings.logger);
    this.#openedAt = new Date(settings.now());
    this.#identity = parts.identity;
    this.#spanLimit = new SpanLimitReport(settings.maxSpansPerHour);
    this.#lastCheckpointAt = this.#openedAt;
    this.#readers = new ReaderPool(file.instance, settings);
    this.#side = new SideConnection(file.instance);
    this.#computing = new SideConnection(file.instance);
    this.#pinger = new ReaderPool(file.instance, { maxReaders: 1, readTimeoutMs: pingTimeoutMs });
    this.#queue = new WriteQueue(file.writer, {
      maxPending: maxPendingWrites,
      maxPendingWeight: maxPendingPoints,
      before: () => this.#intake.steps(),
      beforeCommit: () => {
        parts.points.flush();
        parts.spans.flush();
      },
      afterCommit: () => {
        parts.points.committed();
        this.#intake.committed();
        parts.spans.committed();
        parts.rollups.committed();
        parts.closed.committed();
      },
      afterRollback: () => {
        parts.points.rolledBack();
        this.#intake.rolledBack();
        parts.spans.rolledBack();
        parts.rollups.rolledBack();
        parts.closed.rolledBack();
      },
      onFatal: (error) => this.#fail(error),
    });
    const work = workFolder(filePath);
    const journal = new Journal(filePath, parts.drainedUntil);
    this.#intake = new PointIntake({
      journal,
      writer: parts.points,
      work,
      queue: this.#queue,
      logger: settings.logger,
    });
    this.#store = {
      path: filePath,
      colonyId,
      instance: file.instance,
      logger: settings.logger,
      work,
      now: () => new Date(settings.now()),
      write: async (write, options) => {
        await this.#requireRoom(options?.frees);
        return this.#queue.add(write, options);
      },
      computing: this.#computing,
      readers: () => {
        this.#requireOpen();
        return this.#readers;
      },
    };
    this.#errors = new ErrorLog(this.#store);
    this.#guard = new RoomGuard(filePath, settings, () => this.#pinger);
    this.#retention = new Retention({
      store: this.#store,
      boundary: parts.boundary,
      guard: this.#guard,
      limits: settings,
      policy: settings.retention,
      hotWindowMs: settings.hotWindowMs,
      checkpoint: () => this.checkpoint(),
    });
  }

  /** 'failed' once DuckDB gave up the instance: close, and open again. */
  get state(): DatabaseState {
    return this.#state;
  }

  /** Whether the database answers; rejects with the reason when it does not. */
  async ping(): Promise<void> {
    this.#requireOpen();
    await this.#requireFile();
    await this.#pinger.query('SELECT 1');
  }

  /** Finishes what is queued, then CHECKPOINTs and lets the file go. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Writes the log into the file now, between the writes before it and those after it. */
  async checkpoint(): Promise<void> {
    // What a look of a second ago saw will do for a row, not for what meets a full disk but once.
    if (this.#guard.isOn) await this.#guard.look();
    await this.#store.write((connection) => connection.execute('CHECKPOINT'), {
      bare: true,
      frees: 'disk',
    });
    this.#lastCheckpointAt = this.#store.now();
  }

  async stats(): Promise<DatabaseStats> {
    await this.#settle();
    const tables = await readTableSizes(this.#store.readers());
    return {
      path: this.path,
      // stat alone: opening the live file here would drop the lock on it.
      sizeBytes: await sizeOf(this.path),
      walBytes: await sizeOf(`${this.path}.wal`),
      openedAt: this.#openedAt,
      lastCheckpointAt: this.#lastCheckpointAt,
      schemaVersion,
      tables,
      queue: this.#queue.stats(),
      points: { ...this.#points, series: this.#parts.series.size },
      room: await this.#guard.look(),
      limits: {
        minFreeDiskBytes: this.#settings.minFreeDiskBytes,
        maxSizeBytes: this.#settings.maxSizeBytes,
        maxSeries: this.#settings.maxSeries,
        maxSeriesPerMetric: this.#settings.maxSeriesPerMetric,
        maxSpansPerHour: this.#settings.maxSpansPerHour,
      },
      retention: await this.#retention.state(),
    };
  }

  /** Registers a service, or replaces what was known of it. */
  async upsertService(service: ServiceInput): Promise<void> {
    const row = checkService(service, this.#store.now());
    await this.#store.write((connection) => writeService(connection, row));
  }

  /** Notes that a service is alive. @returns false when no such service is registered */
  async heartbeatService(
    id: string,
    options: { readonly status?: ServiceStatus; readonly at?: Date } = {},
  ): Promise<boolean> {
    const heartbeat = checkHeartbeat(id, options, this.#store.now());
    return this.#store.write((connection) => writeHeartbeat(connection, heartbeat));
  }

  /** @returns whether the service was known */
  deleteService(id: string): Promise<boolean> {
    return this.#store.write((connection) => removeService(connection, id));
  }

  async getService(id: string): Promise<Service | undefined> {
    return readService(this.#store.readers(), id);
  }

  /** By id. */
  async listServices(filter: ListServicesFilter = {}): Promise<Service[]> {
    return readServices(this.#store.readers(), filter);
  }

  /** Source: RFD 010, `InsertMetricSummary`. Replaces the summary of the same window. */
  insertMetricSummary(summary: MetricSummary): Promise<void> {
    return this.insertMetricSummaries([summary]);
  }

  /** All or none; replaces the summaries of the same windows. */
  async insertMetricSummaries(summaries: readonly MetricSummary[]): Promise<void> {
    if (summaries.length === 0) return;
    const columns = toSummaryColumns(summaries);
    const { boundary } = this.#parts;
    const { hotWindowMs } = this.#settings;
    const us = boundaryForBulk(columns, boundary, this.#store.now().getTime(), hotWindowMs);
    await moveBoundary(this.#store, boundary, us);
    await this.#store.write(
      (connection) => writeMetricSummaries(connection, columns, boundary.sealedUntilUs),
      { weight: summaries.length },
    );
  }

  /** Oldest first; of more than the limit, the newest. */
  async listMetricSummaries(filter: ListMetricSummariesFilter = {}): Promise<MetricSummary[]> {
    return readMetricSummaries(this.#store.readers(), filter);
  }

  /** Which metrics there are, and from when to when. */
  async listMetrics(filter: { readonly serviceId?: string } = {}): Promise<MetricListing[]> {
    return readMetrics(this.#store.readers(), filter);
  }

  /** Of what type each metric is that Prometheus may have sent; by name. */
  async listMetricTypes(): Promise<MetricType[]> {
    return readMetricTypes(this.#store.readers());
  }

  /** One statistic of one metric over a range, from summaries of all intervals and both tiers. */
  async queryMetric(options: QueryMetricOptions): Promise<MetricSeries> {
    this.#requireOpen();
    return queryMetric(this.#store.readers(), this.#store.now(), options);
  }

  /** As {@link queryMetric}, per second: what a counter rose by, how many values there were of all else. */
  async metricRate(options: Omit<QueryMetricOptions, 'statistic'>): Promise<MetricSeries> {
    this.#requireOpen();
    return this.queryMetric({ ...options, statistic: 'rate' });
  }

  /** The newest summary of one metric; undefined when there is none. */
  async latestMetric(options: LatestMetricOptions): Promise<MetricSummary | undefined> {
    this.#requireOpen();
    return latestMetric(this.#store.readers(), options);
  }

  /** The services or metrics with most of something over a range, largest first. */
  async topBy(options: TopByOptions): Promise<TopEntry[]> {
    this.#requireOpen();
    return topBy(this.#store.readers(), options);
  }

  /** The mean of each window beside the average of the last so many, newest first. */
  async movingAverage(options: MovingAverageOptions): Promise<MovingAveragePoint[]> {
    this.#requireOpen();
    return movingAverage(this.#store.readers(), options);
  }

  /** How a metric differs from what is normal for it; undefined without a baseline or a summary. */
  async compareWithBaseline(
    options: CompareWithBaselineOptions,
  ): Promise<BaselineComparison | undefined> {
    this.#requireOpen();
    return compareWithBaseline(this.#store.readers(), options);
  }

  /** @returns the event's id */
  async recordEvent(event: EventInput): Promise<number> {
    const [id] = await this.recordEvents([event]);
    return id!;
  }

  /** All or none. @returns the events' ids, in order */
  async recordEvents(events: readonly EventInput[]): Promise<number[]> {
    if (events.length === 0) return [];
    const rows = checkEvents(events, this.#store.now());
    return this.#store.write((connection) => writeEvents(connection, rows));
  }

  /** Newest first. Source: RFD 010, `GetRecentEvents`. */
  async getRecentEvents(serviceId: string, limit = 100): Promise<Event[]> {
    return readEvents(this.#store.readers(), { serviceId, limit });
  }

  /** Newest first. */
  async listEvents(filter: ListEventsFilter = {}): Promise<Event[]> {
    return readEvents(this.#store.readers(), filter);
  }

  /** Newest first. */
  async getEventsByCorrelationGroup(correlationGroup: string): Promise<Event[]> {
    return readEvents(this.#store.readers(), { correlationGroup });
  }

  /** @returns the insight's id */
  async createInsight(insight: InsightInput): Promise<number> {
    const row = checkInsight(insight, this.#store.now());
    return this.#store.write((connection) => writeInsight(connection, row));
  }

  /** @returns whether an active insight with this id was there */
  dismissInsight(id: number): Promise<boolean> {
    return this.#store.write((connection) => endInsight(connection, id, 'dismissed'));
  }

  /** @returns whether an active insight with this id was there */
  resolveInsight(id: number): Promise<boolean> {
    return this.#store.write((connection) => endInsight(connection, id, 'resolved'));
  }

  /** Active and not expired, high priority first. Source: RFD 010, `GetActiveInsights`. */
  async getActiveInsights(): Promise<Insight[]> {
    return readInsights(this.#store.readers(), {
      status: 'active',
      notExpiredAt: this.#store.now(),
    });
  }

  /** High priority first. */
  async listInsights(filter: ListInsightsFilter = {}): Promise<Insight[]> {
    return readInsights(this.#store.readers(), filter);
  }

  /** Undefined when there is none with this id. */
  async getInsight(id: number): Promise<Insight | undefined> {
    return readInsight(this.#store.readers(), id);
  }

  /**
   * What an insight rests on: its queries with the rows they gave when it was made, and with those they
   * give now. Undefined when there is no such insight.
   */
  async explainInsight(id: number): Promise<InsightExplanation | undefined> {
    return explainInsight(this.#store.readers(), id);
  }

  /** Adds to the edge between two services. */
  observeConnection(observed: ConnectionInput): Promise<void> {
    return this.observeConnections([observed]);
  }

  /** All or none. */
  async observeConnections(observed: readonly ConnectionInput[]): Promise<void> {
    if (observed.length === 0) return;
    const rows = checkConnections(observed, this.#store.now());
    const now = this.#store.now();
    await this.#store.write(async (connection) => {
      await writeConnections(connection, rows);
      await tellConnections(connection, now);
    });
  }

  /** Source: RFD 010, `GetServiceTopology`. */
  async getServiceTopology(): Promise<Topology> {
    return readTopology(this.#store.readers());
  }

  /**
   * Stores a baseline, or replaces the one for the same metric and window. It is pinned: learning
   * leaves it as it is until {@link unpinBaseline}.
   */
  async putBaseline(baseline: BaselineInput): Promise<void> {
    const row = checkBaseline(baseline, this.#store.now());
    await this.#store.write((connection) => writeBaseline(connection, row));
  }

  /** Lets learning have a baseline again that was put. @returns whether it was pinned */
  unpinBaseline(
    serviceId: string,
    metricName: string,
    timeWindow: BaselineWindow,
  ): Promise<boolean> {
    return this.#store.write((connection) =>
      removePin(connection, [serviceId, metricName, timeWindow]),
    );
  }

  async getBaseline(
    serviceId: string,
    metricName: string,
    timeWindow: BaselineWindow,
  ): Promise<Baseline | undefined> {
    const [baseline] = await readBaselines(this.#store.readers(), {
      serviceId,
      metricName,
      timeWindow,
    });
    return baseline;
  }

  async listBaselines(filter: ListBaselinesFilter = {}): Promise<Baseline[]> {
    return readBaselines(this.#store.readers(), filter);
  }

  /**
   * Refuses while so much waits to be written that nothing more should be decoded.
   *
   * @throws {StorageError} `STORAGE_OVERLOADED`
   */
  requireRoomInQueue(): void {
    this.#requireOpen();
    this.#queue.requireRoom();
  }

  /**
   * Stores raw points, from which {@link summarise} computes summaries.
   *
   * Points that are too old, too far in the future, not finite, or of a series beyond the limits are
   * refused one by one; the others are stored. Sending the same points again changes no summary.
   *
   * @param services who sent them; registered, or noted as alive. One that cannot be stored is left
   *   out, and labels that cannot be are: that is no reason to refuse its points
   */
  async appendPoints(
    points: PointColumns,
    services: readonly ServiceSighting[] = [],
  ): Promise<AppendPointsResult> {
    await this.#requireRoom();
    const now = this.#store.now();
    const seen = this.#seen(services, now, points);
    const knownIds = this.#parts.series.knownIdsOf(points.series);
    const { accept, accepted, rejected } = checkPoints(
      points,
      {
        nowUs: now.getTime() * 1000,
        acceptLateUs: this.#settings.acceptLateMs * 1000,
        acceptEarlyUs: this.#settings.acceptEarlyMs * 1000,
        isClosed: (timeUs) => this.#parts.closed.has(timeUs),
      },
      knownIds,
    );
    const journaled =
      accepted > 0 && seen === undefined ? this.#intake.add(points, accept, knownIds) : undefined;
    let refused: RefusedPoints | undefined;
    if (journaled) await journaled;
    else if (accepted > 0 || seen !== undefined) {
      refused = await this.#store.write(
        async (connection) => {
          await seen?.write(connection);
          return this.#parts.points.write(connection, points, accept, now);
        },
        { weight: accepted },
      );
      seen?.written();
    }
    const stored = accepted - (refused?.count ?? 0);
    this.#points.accepted += stored;
    this.#points.rejected += points.length - stored;
    if (!refused) return { accepted, rejected };
    this.#points.refused += refused.count;
    this.#reportRefused('series', this.#cardinality.eventOf(refused, now.getTime()));
    const reason = { reason: refusalReason(refused), count: refused.count };
    return { accepted: stored, rejected: [...rejected, reason] };
  }

  /** Nobody waits for it: points and spans were answered for, with or without a trace. */
  #reportRefused(what: 'series' | 'spans', event: EventInput | undefined): void {
    if (!event) return;
    this.#settings.logger.warn({ ...(event.details as object) }, `new ${what} are refused`);
    this.#note(event).catch((reason: unknown) => {
      this.#settings.logger.warn({ err: reason }, `refused ${what} could not be noted as an event`);
    });
  }

  /**
   * Counts what services logged as errors, and records the events that come of it: `alert` for an
   * error that is new and for a burst of errors, `crash` for a fatal one. Source: docs/events.md.
   *
   * Errors that are too old or too far in the future are refused. A request that comes again, by its
   * digest, within a quarter of an hour changes nothing.
   *
   * @param digest tells the request from others, and is equal when a sender repeats it
   * @param services who sent the request, as in {@link appendPoints}
   */
  async recordErrors(
    errors: readonly LoggedErrors[],
    digest: string,
    services: readonly ServiceSighting[] = [],
  ): Promise<AppendPointsResult> {
    this.#requireOpen();
    const now = this.#store.now();
    const seen = this.#seen(services, now);
    const { accept, accepted, rejected } = checkErrors(errors, {
      nowUs: now.getTime() * 1000,
      acceptLateUs: this.#settings.acceptLateMs * 1000,
      acceptEarlyUs: this.#settings.acceptEarlyMs * 1000,
    });
    const writes = [
      seen && this.#store.write((connection) => seen.write(connection)),
      accept.length === 0 ? undefined : this.#errors.add({ digest, errors: accept }),
    ];
    await Promise.all(writes);
    seen?.written();
    return { accepted, rejected };
  }

  /**
   * Looks at all services: marks those as stopped of whom nothing was heard for `stoppedAfterMs`, as
   * error those that log many errors or fail many requests, and as running those that recovered; notes
   * processes that were replaced and connections that are new. To be called every few seconds.
   * Source: docs/services.md, docs/events.md.
   */
  async watchServices(): Promise<WatchServicesResult> {
    this.#requireOpen();
    const now = this.#store.now();
    const folded = this.#fold.take(now.getTime());
    const result = await this.#store.write(
      async (connection) => {
        await writeFolded(connection, folded);
        return watchServices(connection, now, this.#settings);
      },
      { alone: true },
    );
    this.#fold.written(folded);
    return result;
  }

  /**
   * Brings the 5-minute summaries up to date with the points, the current window's included.
   * Idempotent; a crash in between loses no work.
   */
  async summarise(options: SummariseOptions = {}): Promise<SummariseResult> {
    this.#requireOpen();
    return this.#inTurn(async () => {
      await this.#settle();
      const startedAt = performance.now();
      const pace = options.paced ? this.#summaryPace : undefined;
      const result = await summarise(this.#store, this.#parts, pace);
      return { ...result, durationMs: performance.now() - startedAt };
    });
  }

  /**
   * Stores spans, from which {@link summarise} computes rate, errors and duration of requests, and
   * {@link connectServices} who talks to whom.
   *
   * Spans whose end is too old or too far in the future, and those beyond `maxSpansPerHour`, are refused
   * one by one; the others are stored.
   * Sending the same spans again changes nothing of what is computed.
   *
   * @param services as for {@link appendPoints}
   */
  async appendSpans(
    spans: SpanColumns,
    services: readonly ServiceSighting[] = [],
  ): Promise<AppendSpansResult> {
    const now = this.#store.now();
    const seen = this.#seen(services, now);
    const { accepted, rejected } = checkSpans(spans, {
      nowUs: now.getTime() * 1000,
      acceptLateUs: this.#settings.acceptLateMs * 1000,
      acceptEarlyUs: this.#settings.acceptEarlyMs * 1000,
      isClosed: (timeUs) => this.#parts.closed.has(timeUs),
    });
    if (accepted.length === 0 && seen === undefined) return { accepted: 0, rejected };
    const refused = await this.#store.write(
      async (connection) => {
        await seen?.write(connection);
        return this.#parts.spans.write(connection, spans, accepted, now);
      },
      { weight: accepted.length },
    );
    seen?.written();
    if (!refused) return { accepted: accepted.length, rejected };
    this.#reportRefused('spans', this.#spanLimit.eventOf(refused, now.getTime()));
    const reason = { reason: this.#spanLimit.reason, count: refused.count };
    return { accepted: accepted.length - refused.count, rejected: [...rejected, reason] };
  }

  /**
   * Brings `service_connections` up to date with the spans. Idempotent; a crash in between loses no
   * work. What agents reported with {@link observeConnections} stays counted beside it.
   */
  async connectServices(): Promise<ConnectServicesResult> {
    this.#requireOpen();
    const startedAt = performance.now();
    const dirty = this.#parts.connections.list();
    let changed = 0;
    for (const startUs of dirty) {
      changed += await connectWindow(this.#store, this.#parts, startUs);
    }
    return { windows: dirty.length, changed, durationMs: performance.now() - startedAt };
  }

  /**
   * Brings the 15m, 1h and 1d summaries up to date with the points, the current windows included,
   * and drops points that are no longer needed. To be called after {@link summarise}. Idempotent; a
   * crash in between loses no work.
   */
  async rollUp(options: SummariseOptions = {}): Promise<RollUpResult> {
    this.#requireOpen();
    const { acceptLateMs } = this.#settings;
    const pace = options.paced ? this.#rollUpPace : undefined;
    return this.#inTurn(() => rollUp(this.#store, { ...this.#parts, acceptLateMs }, pace));
  }

  /** One at a time: what an older look computed must not replace what a newer one did. */
  async #inTurn<T>(compute: () => Promise<T>): Promise<T> {
    const result = this.#computed.then(compute);
    this.#computed = result.catch(() => undefined); // Whoever asked is told.
    return result;
  }

  /**
   * Learns from 5-minute summaries what is normal for each metric, as far as that is due: see
   * docs/learning.md. Idempotent; a crash in between loses no work.
   */
  async learn(options: TaskOptions = {}): Promise<LearnResult> {
    this.#requireOpen();
    const parts = { openedAt: this.#openedAt, forecast: () => this.forecast() };
    const result = this.#learned.then(() => learn(this.#store, parts, options));
    this.#learned = result.catch(() => undefined); // Whoever asked is told.
    return result;
  }

  /**
   * Moves summaries older than the hot window from `metric_summaries` into `metric_history`, in small
   * steps between other writes. Both together are `all_metric_summaries`.
   */
  async seal(options: TaskOptions = {}): Promise<SealResult> {
    this.#requireOpen();
    const { hotWindowMs } = this.#settings;
    return seal(this.#store, this.#parts.boundary, hotWindowMs, options);
  }

  /** Runs all background work that is due, now, and reports what it did. */
  async maintain(options: TaskOptions = {}): Promise<MaintenanceReport> {
    this.#requireOpen();
    return maintain(
      [
        { name: 'connectServices', run: () => this.connectServices() },
        { name: 'summarise', run: () => this.summarise() },
        { name: 'rollUp', run: () => this.rollUp() },
        { name: 'seal', run: (task) => this.seal(task) },
        { name: 'retention', run: (task) => this.retain(task) },
        { name: 'room', run: (task) => this.keepRoom(task) },
        { name: 'learn', run: (task) => this.learn(task) },
      ],
      options,
    );
  }

  /** Says what a policy would delete now, rule by rule; deletes nothing. */
  async planRetention(policy: RetentionPolicy): Promise<RetentionPlan> {
    this.#requireOpen();
    return this.#retention.plan(policy);
  }

  /**
   * Deletes what a policy says, in small steps between other writes; {@link undoRetention} brings it
   * back for as long as the policy's trash keeps it. Ends the wait that an undo began.
   */
  async applyRetention(
    policy: RetentionPolicy,
    options: TaskOptions = {},
  ): Promise<RetentionResult> {
    this.#requireOpen();
    return this.#retention.apply(policy, options);
  }

  /** Runs of retention that can be undone, newest first. */
  async listTrash(): Promise<TrashedRun[]> {
    this.#requireOpen();
    return this.#retention.list();
  }

  /**
   * Brings back what a run of retention deleted; rows whose keys were written again stay as they are.
   * {@link maintain} then deletes nothing by age for `holdMs`.
   */
  async undoRetention(id: string, options: UndoOptions = {}): Promise<UndoResult> {
    this.#requireOpen();
    return this.#retention.undo(id, options);
  }

  /** When the budget and the disk will be used up, if rows go on coming and going as they do. */
  async forecast(policy: RetentionPolicy = this.#settings.retention): Promise<Forecast> {
    this.#requireOpen();
    return this.#retention.forecast(policy);
  }

  /** Looks how much room there is, and whether writes are refused for want of it. */
  async room(): Promise<Room> {
    this.#requireOpen();
    return this.#guard.look();
  }

  /**
   * Makes room before it runs out: drops the trash when the disk is short, and deletes rows when the
   * store comes near its `maxSizeBytes`.
   */
  async keepRoom(options: TaskOptions = {}): Promise<KeepRoomResult> {
    this.#requireOpen();
    return this.#retention.keepRoom(options);
  }

  /** Deletes by age what the option `retention` says, unless somebody brought rows back lately. */
  async retain(options: TaskOptions = {}): Promise<RetainResult> {
    this.#requireOpen();
    return this.#retention.retain(options);
  }

  /**
   * Runs one query that is not ours: read-only, without files, with a deadline and a row cap.
   *
   * @throws {StorageError} `STORAGE_SQL_INVALID`, `STORAGE_SQL_REFUSED`, `STORAGE_OUT_OF_MEMORY`
   */
  async queryReadOnly(sql: string, options: QueryReadOnlyOptions = {}): Promise<QueryResult> {
    await this.#settle();
    return queryReadOnly(this.#store.readers(), sql, options);
  }

  /**
   * Writes a backup: one file with the database as it is in one moment, while others go on writing.
   * It is read back, every row compared, before it gets its name.
   *
   * @throws {StorageError} `STORAGE_OUTPUT_EXISTS`, `STORAGE_NO_ROOM`, `STORAGE_DISK_FULL`,
   *   `STORAGE_KEY_WRONG`, `STORAGE_CANCELLED`, `STORAGE_PATH_…`
   */
  async backup(options: BackupOptions): Promise<BackupResult> {
    this.#requireOpen();
    await this.#settle();
    return this.#side.run((side) => backup(this.#store, side, options), options.signal);
  }

  /**
   * Writes a table, or a part of it, to a file as it is in one moment, with a schema file beside it;
   * in bounded memory, while others go on writing. Source: docs/exchange.md.
   *
   * @throws {StorageError} `STORAGE_OUTPUT_EXISTS`, `STORAGE_SQL_INVALID` and `STORAGE_SQL_REFUSED`
   *   for `where`, `STORAGE_DISK_FULL`, `STORAGE_CANCELLED`, `STORAGE_PATH_…`
   */
  async exportTable(options: ExportTableOptions): Promise<ExportTableResult> {
    this.#requireOpen();
    await this.#settle();
    return this.#side.run((side) => exportTable(this.#store, side, options), options.signal);
  }

  /**
   * Reads an export back; a row replaces the one with the same key. Nothing is written unless every
   * row can be. A failure while writing leaves what was written: import again.
   *
   * @throws {StorageError} `STORAGE_INVALID_INPUT` with path, row and column, `STORAGE_CANCELLED`
   */
  async importTable(options: ImportTableOptions): Promise<ImportTableResult> {
    this.#requireOpen();
    return importTable(this.#store, options, (rows) => this.insertMetricSummaries(rows));
  }

  /**
   * Looks for what is wrong: lock, disk, permissions, log, backups, schema, indexes, clock. Changes
   * nothing, and names the command that mends each finding.
   *
   * Cost: scans every indexed table once per index.
   */
  async diagnose(options: DoctorOptions = {}): Promise<Finding[]> {
    this.#requireOpen();
    return diagnose(this.#store, options);
  }

  /** Makes indexes anew that are missing or find other rows than a scan; writes wait meanwhile. */
  async repairIndexes(): Promise<IndexRepair> {
    this.#requireOpen();
    return repairIndexes(this.#store);
  }

  /**
   * Publishes `{colony_id}.snapshot.duckdb` beside the database, for programs that read DuckDB files
   * while this one is in use; replaces the last one in one step.
   *
   * @throws {StorageError} `STORAGE_NO_ROOM`, `STORAGE_DISK_FULL`, `STORAGE_CANCELLED`
   */
  async snapshot(options: TaskOptions = {}): Promise<SnapshotResult> {
    this.#requireOpen();
    await this.#settle();
    return this.#side.run((side) => snapshot(this.#store, side, options), options.signal);
  }

  /** Leaves a trace of an unclean stop in the log and in `events`. @internal */
  async reportRecovery(): Promise<void> {
    const { clean, durationMs, ...details } = this.recovery;
    if (clean) return;
    const { indexesRepaired } = this.recovery;
    this.#settings.logger.warn(
      { ...details, durationMs },
      'the last stop was not clean; the database was recovered',
    );
    await this.#note({
      serviceId: 'coral-colony',
      eventType: 'recovery',
      details: { ...details, indexesRepaired: [...indexesRepaired], durationMs },
    });
  }

  /** Leaves a trace of an upgrade in the log and in `events`. @internal */
  async reportUpgrade(): Promise<void> {
    const { migrationsApplied, upgradeBackup, upgradeUndone } = this.recovery;
    if (upgradeBackup === undefined) return;
    const details = { versions: [...migrationsApplied], backup: upgradeBackup, upgradeUndone };
    this.#settings.logger.info(details, 'the schema was upgraded');
    await this.#note({ serviceId: 'coral-colony', eventType: 'migration', details });
  }

  /** An event of the store's own: also when room is short, or such a file could not be opened to be read. */
  async #note(event: EventInput): Promise<void> {
    const rows = checkEvents([event], this.#store.now());
    await this.#store.write((connection) => writeEvents(connection, rows), { frees: 'disk' });
  }

  /** What a request's senders are worth writing down; undefined when that is nothing. */
  #seen(
    services: readonly ServiceSighting[],
    now: Date,
    points?: PointColumns,
  ): { write: (connection: Connection) => Promise<void>; written: () => void } | undefined {
    if (services.length === 0) return undefined;
    const starts = points && processStarts(points);
    const checked = services.flatMap((service): CheckedSighting[] => {
      const sender = this.#senders.check(service, now);
      if (!sender) return [];
      const start = service.resource ? starts?.get(service.resource) : undefined;
      return [{ sender, lastSeen: service.lastSeen ?? now, start }];
    });
    const fresh = this.#fold.note(checked, (key) => this.#parts.series.has(key));
    const isDue = this.#fold.isDue(now.getTime());
    const folded = isDue ? this.#fold.take(now.getTime()) : { services: [], instances: [] };
    if (fresh.length + folded.services.length + folded.instances.length === 0) return undefined;
    const aliveUs = this.#settings.stoppedAfterMs * 1000;
    return {
      write: async (connection) => {
        await writeFolded(connection, folded);
        if (fresh.length > 0) await writeNoteworthy(connection, fresh, this.#fold, aliveUs);
      },
      written: () => {
        this.#fold.judged(fresh);
        this.#fold.written(folded);
      },
    };
  }

  async #close(): Promise<void> {
    const wasFailed = this.#state === 'failed';
    this.#state = 'closing';
    try {
      await this.#side.close();
      await this.#computing.close();
      await this.#writeLastSightings();
      await this.#settle();
      await this.#queue.idle();
      await this.#readers.close(closeGraceMs);
      await this.#pinger.close(closeGraceMs);
      try {
        this.#parts.points.close();
        this.#parts.spans.close();
      } finally {
        await this.#intake.close();
        await removeEmptyWorkFolder(this.#store.work);
        await closeFile(this.#file);
      }
      this.#settings.logger.info({ path: this.path }, 'database closed');
    } catch (reason) {
      // After a fatal error the CHECKPOINT cannot succeed; the next open replays and audits.
      if (!wasFailed) throw reason;
    } finally {
      await this.#memory.close();
      this.#state = 'closed';
    }
  }

  /** What was folded since the last write; when that fails, some seconds of last_seen are lost. */
  async #writeLastSightings(): Promise<void> {
    const folded = this.#fold.take(this.#settings.now());
    if (folded.services.length === 0) return;
    await this.#queue
      .add((connection) => writeFolded(connection, folded))
      .catch((reason: unknown) => {
        this.#settings.logger.warn({ err: reason }, 'the last signs of life were not written');
      });
  }

  /** Writes to a file that was removed still succeed, and are gone with the process. */
  async #requireFile(): Promise<void> {
    if ((await fileIdentity(this.path)) === this.#identity) return;
    const error = new StorageError(
      'STORAGE_FATAL',
      `The file ${this.path} was removed or replaced while it was open. Stop the colony, put the file back, and start again.`,
      { details: { path: this.path } },
    );
    this.#fail(error);
    throw error;
  }

  #fail(error: StorageError): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#settings.logger.error({ err: error }, 'the database failed and must be reopened');
    this.#settings.onFailure(error);
  }

  /** @throws {StorageError} `STORAGE_NOT_OPEN`, or for want of room */
  async #requireRoom(frees?: WriteOptions['frees']): Promise<void> {
    this.#requireOpen();
    if (!this.#guard.isOn) return;
    await this.#guard.requireRoom(frees);
    this.#requireOpen();
  }

  /** Brings the points that were acknowledged to where readers find them, as far as that can be done. */
  async #settle(): Promise<void> {
    if (this.#state === 'open' || this.#state === 'closing') {
      await this.#intake.drain();
    }
  }

  #requireOpen(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'failed') {
      throw new StorageError('STORAGE_FATAL', 'The database failed. Close it and open it again.');
    }
    throw new StorageError(
      'STORAGE_NOT_OPEN',
      `The database ${this.path} is ${this.#state}. Open it again to use it.`,
    );
  }
}

/** Device and inode; undefined where no file is. By stat: opening it would drop the lock on it. */
async function fileIdentity(file: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
