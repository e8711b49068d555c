// The server
export { startServer } from './start-server.js';
export type { RunningServer, StartServerOptions } from './start-server.js';
export type { ListenAddress, OtlpPortState, ServerStats } from './server-stats.js';
export type { IngestTotals } from './ingest-meter.js';
export type { Logger } from './logger.js';

// Jobs that run beside it
export { startConnector } from './jobs/connector.js';
export type { ConnectorOptions } from './jobs/connector.js';
export { startLearner } from './jobs/learner.js';
export type { LearnerOptions } from './jobs/learner.js';
export { startWatcher } from './jobs/watcher.js';
export type { WatcherOptions } from './jobs/watcher.js';
export { startSealer } from './jobs/sealer.js';
export type { SealerOptions } from './jobs/sealer.js';
export { startSummariser } from './jobs/summariser.js';
export { startRetainer } from './jobs/retainer.js';
export { startRoomKeeper } from './jobs/room-keeper.js';
export type { SummariserOptions } from './jobs/summariser.js';
export { selfMetricNames, selfServiceName, startSelfMetrics } from './jobs/self-metrics.js';
export type { SelfMetricsOptions } from './jobs/self-metrics.js';
export { startBackupKeeper } from './jobs/backup-keeper.js';
export type { BackupKeeperOptions } from './jobs/backup-keeper.js';
export type { BackupSchedule } from './jobs/backup-due.js';
export type { RunningJob } from './jobs/periodic-job.js';
export { JobRegistry } from './jobs/job-registry.js';
export type { JobEntry, JobState, JobStatus } from './jobs/job-registry.js';

// Fetching metrics from targets
export { startScraper } from './scrape/scraper.js';
export type { ScraperOptions } from './scrape/scraper.js';
export type { ScrapeTarget } from './scrape/scrape-target.js';
export { TargetRegistry } from './scrape/target-registry.js';
export type { ScrapeOutcome, TargetStatus } from './scrape/target-registry.js';

// Long operations, for who has a store open without a server
export { findTask } from './tasks/registry.js';
export type { AnyTask, PreparedTask, TaskContext } from './tasks/task.js';

// Errors
export { isServerError, ServerError, serverErrorCodes } from './errors.js';
export type { ServerErrorCode, ServerErrorDetails } from './errors.js';

// For clients of the RPC services
export { ColonyService } from './rpc/gen/coral/colony/v1/colony_pb.js';
export { Health } from './rpc/gen/grpc/health/v1/health_pb.js';
export { BadRequestSchema, ErrorInfoSchema } from './rpc/gen/google/rpc/error_details_pb.js';
