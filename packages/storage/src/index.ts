// For users of the library.
export { openDatabase, Database } from './database.js';
export type {
  AppendPointsResult,
  AppendSpansResult,
  ConnectServicesResult,
  DatabaseState,
  DatabaseStats,
  SummariseOptions,
  SummariseResult,
} from './database.js';
export type { BackupOptions, BackupResult } from './backup/backup.js';
export { compactDatabase } from './backup/compact.js';
export type { CompactOptions, CompactResult } from './backup/compact.js';
export { restoreDatabase } from './backup/restore.js';
export type { RestoreOptions, RestoreResult } from './backup/restore.js';
export type { SnapshotResult } from './backup/snapshot.js';
export { backupFileName, listBackups, rotateBackups } from './backup/backup-directory.js';
export type { StoredBackup } from './backup/backup-directory.js';
export { backupsToKeep } from './backup/backups-to-keep.js';
export type { KeepBackups } from './backup/backups-to-keep.js';
export type { BackupKey } from './backup/backup-key.js';
export type { BackupManifest } from './backup/manifest.js';
export type { Fingerprints, TableFingerprint } from './backup/fingerprints.js';
export type { Progress, TaskOptions } from './progress.js';
export type { JobReport, MaintenanceReport } from './maintenance/maintain.js';
export type { LearnResult } from './learning/learn.js';
export type { TellResult } from './learning/open-causes.js';
export type { InsightEvidence, InsightExplanation } from './learning/explain-insight.js';
export type { EvidenceRows } from './learning/evidence.js';
export type { SealResult } from './tiers/seal.js';
export { openColonies, Colonies } from './colonies/open-colonies.js';
export type {
  ColonyFailure,
  QueryColoniesOptions,
  QueryColoniesResult,
} from './colonies/open-colonies.js';
export type { ColonyEntry, RunningColony, StoppedColony } from './colonies/colony-source.js';
export type { OpenDatabaseOptions } from './open-options.js';
export { diagnoseFiles } from './doctor/diagnose.js';
export {
  doctorChecks,
  type DoctorCheck,
  type DoctorOptions,
  type Finding,
} from './doctor/finding.js';
export type { IndexRepair } from './doctor/repair-indexes.js';
export { planUpgrade, type UpgradePlan } from './migrations/plan-upgrade.js';
export type { Logger } from './logger.js';
export { isStorageError, StorageError, storageErrorCodes } from './storage-error.js';
export type {
  StorageErrorCode,
  StorageErrorDetails,
  StorageErrorOptions,
} from './storage-error.js';
export type { RecoveryReport } from './lifecycle/recovery-report.js';
export type { Service, ServiceStatus } from './schema/tables/services.js';
export type { MetricSummary, SummaryInterval } from './schema/tables/metric-summaries.js';
export type { Event } from './schema/tables/events.js';
export type {
  Insight,
  InsightPriority,
  InsightStatus,
  InsightType,
} from './schema/tables/insights.js';
export type { ServiceConnection } from './schema/tables/service-connections.js';
export type { Baseline, BaselineWindow } from './schema/tables/baselines.js';
export type { ServiceInput } from './writes/services.js';
export type { ServiceSighting } from './services/service-sighting.js';
export type { WatchServicesResult } from './services/watch-services.js';
export type { LoggedErrors } from './events/logged-errors.js';
export type { EventInput } from './writes/events.js';
export type { InsightInput } from './writes/insights.js';
export type { ConnectionInput } from './writes/service-connections.js';
export type { BaselineInput } from './writes/baselines.js';
export type { JsonObject } from './writes/check-input.js';
export type { WriteQueueStats } from './writes/write-queue.js';
export type { ListServicesFilter } from './queries/services.js';
export type { MetricType } from './queries/metric-types.js';
export type { ListMetricSummariesFilter, MetricListing } from './queries/metric-summaries.js';
export type { ListEventsFilter } from './queries/events.js';
export type { ListInsightsFilter } from './queries/insights.js';
export type { ListBaselinesFilter } from './queries/baselines.js';
export type { Topology } from './queries/topology.js';
export type { RetentionPolicy, RetentionRule } from './retention/retention-policy.js';
export type { RetainedTable } from './retention/retained-tables.js';
export type { RetentionPlan, RetentionPlanRule } from './retention/plan-retention.js';
export type { RetentionResult, RetentionRuleResult } from './retention/apply-retention.js';
export type { DroppedTrash } from './retention/drop-trash.js';
export type { TrashedRows, TrashedRun } from './retention/list-trash.js';
export type {
  KeepRoomResult,
  RetainResult,
  RetentionState,
  UndoOptions,
} from './retention/retention.js';
export type { UndoResult } from './retention/undo-retention.js';
export type { BudgetResult } from './retention/enforce-budget.js';
export type { Forecast } from './retention/read-forecast.js';
export type { ForecastBasis, ForecastTime } from './retention/forecast.js';
export type { Room } from './retention/room-guard.js';
export type { QueryReadOnlyOptions, QueryResult } from './queries/query-read-only.js';
export type { MetricRange, MetricStatistic } from './queries/metric-statistic.js';
export type { MetricPoint, MetricSeries, QueryMetricOptions } from './queries/query-metric.js';
export type { LatestMetricOptions } from './queries/latest-metric.js';
export type { TopByOptions, TopEntry, TopSubject } from './queries/top-by.js';
export type { MovingAverageOptions, MovingAveragePoint } from './queries/moving-average.js';
export type {
  BaselineComparison,
  CompareWithBaselineOptions,
} from './queries/compare-with-baseline.js';
export type { RollUpResult } from './rollups/roll-up.js';
export type { ReadOptions } from './queries/reader-pool.js';
export type { ExportTableOptions, ExportTableResult } from './exchange/export-table.js';
export type { ExportFilter } from './exchange/export-query.js';
export type { ImportTableOptions, ImportTableResult } from './exchange/import-table.js';
export type { ExchangeFormat, ExchangeTableName } from './exchange/exchange-tables.js';
export type { Column } from './duckdb/row-stream.js';
export type { JsonValue } from './duckdb/json-values.js';
export type {
  MetricKind,
  PointColumns,
  SeriesDescriptor,
  Temporality,
} from './points/point-columns.js';
export type { SpanColumns, SpanKind, SpanOperation } from './spans/span-columns.js';
export type { RejectedPoints } from './points/check-points.js';

// For sibling packages: values that a form or a command offers.
export { exchangeFormats, exchangeTableNames } from './exchange/exchange-tables.js';
export { databasePath } from './database-path.js';
export { summaryIntervals } from './schema/tables/metric-summaries.js';
export { metricStatistics } from './queries/metric-statistic.js';
export { topSubjects } from './queries/top-by.js';
export { serviceStatuses } from './schema/tables/services.js';
export { insightPriorities, insightStatuses, insightTypes } from './schema/tables/insights.js';
export { schemaVersion } from './migrations/index.js';
