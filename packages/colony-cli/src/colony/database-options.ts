import type { ResolvedConfig } from '@coral/config';
import type { OpenDatabaseOptions } from '@coral/storage';

/** How a colony's file is opened, whoever opens it: the running colony, or a command that finds it stopped. */
export function databaseOptions({
  colonyId,
  storage,
  telemetry,
}: ResolvedConfig): OpenDatabaseOptions {
  const { path, memoryLimitBytes, threads, hotWindowMs, minFreeDiskBytes, maxSizeBytes } = storage;
  return {
    storagePath: path,
    colonyId,
    migrate: storage.migrate ? 'apply' : 'refuse',
    hotWindowMs,
    minFreeDiskBytes,
    maxSeries: storage.maxSeries,
    maxSeriesPerMetric: storage.maxSeriesPerMetric,
    maxSpansPerHour: storage.maxSpansPerHour,
    stoppedAfterMs: telemetry.stoppedAfterMs,
    acceptLateMs: telemetry.acceptLateMs,
    retention: { rules: storage.retention, trashMs: storage.trashMs },
    ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    ...(threads === undefined ? {} : { threads }),
  };
}
