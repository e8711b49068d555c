// What a running colony takes of the server, by name, so that the bundler leaves the rest in files that
// are not loaded for it.
export {
  JobRegistry,
  startBackupKeeper,
  startConnector,
  startLearner,
  startRetainer,
  startRoomKeeper,
  startScraper,
  startSealer,
  startSelfMetrics,
  startServer,
  startSummariser,
  startWatcher,
  TargetRegistry,
} from '@coral/server';
