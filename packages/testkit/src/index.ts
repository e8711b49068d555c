// Files and processes
export {
  createTempDir,
  useTempDir,
  type DisposableTempDir,
  type TempDir,
  type TempDirOptions,
  type UseTempDirOptions,
} from './temp-dir.js';
export {
  spawnProcess,
  type ProcessExit,
  type ProcessHarness,
  type SpawnProcessOptions,
  type WaitForOutputOptions,
  type WaitOptions,
} from './spawn-process.js';
export { isProcessRunning } from './is-process-running.js';
export { cleanEnv, type CleanEnvOptions } from './clean-env.js';
export { freePort } from './free-port.js';
export { findPeer, type FindPeerOptions } from './find-peer.js';

// Time and chance
export { manualClock, type ManualClock } from './manual-clock.js';
export { seededRandom, type SeededRandom } from './seeded-random.js';
export { eventually, type EventuallyOptions } from './eventually.js';

// Test runners and documents
export { onTestEnd, useRunnerHooks, type Cleanup, type RunnerHooks } from './cleanup.js';
export { codeBlocks, type CodeBlock } from './code-blocks.js';
