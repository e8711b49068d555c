/** Undoes one thing a test made. A promise it returns is waited for. */
export type Cleanup = () => unknown;

/** The hooks of a test runner that testkit needs in order to clean up. */
export interface RunnerHooks {
  readonly beforeEach: (hook: () => void) => unknown;
  readonly afterEach: (hook: () => Promise<void>) => unknown;
  readonly afterAll: (hook: () => Promise<void>) => unknown;
}

const ofTest: Cleanup[] = [];
const ofFile: Cleanup[] = [];
let hooked = false;
let testRunning = false;

/**
 * Registers a cleanup for the end of the running test, or of the test file when no test runs
 * (in `beforeAll`, or at the top of the file).
 *
 * Cleanups run newest first, all of them, also when the test failed. Prefer this to `afterEach`
 * for what lives inside a temporary directory: it closes the store before the directory goes.
 *
 * @throws {Error} when the runner's hooks are unknown; see {@link useRunnerHooks}
 * @example
 * const database = await openDatabase({ storagePath: dir.path });
 * onTestEnd(() => database.close());
 */
export function onTestEnd(cleanup: Cleanup): void {
  if (!hooked) {
    throw new Error(
      'No test runner whose hooks are known. Call useRunnerHooks({ beforeEach, afterEach, afterAll }), ' +
        'or use `await using` with createTempDir() and spawnProcess(), which need no runner.',
    );
  }
  (testRunning ? ofTest : ofFile).push(cleanup);
}

/** True while a test, or one of its `beforeEach` and `afterEach` hooks, runs. */
export function isTestRunning(): boolean {
  return testRunning;
}

/** True when a runner's hooks will call what {@link onTestEnd} registers. */
export function hasRunnerHooks(): boolean {
  return hooked;
}

/**
 * Connects testkit to a runner that does not put its hooks on `globalThis`. Jest needs no call
 * unless `injectGlobals` is off.
 *
 * @example
 * import { after, afterEach, beforeEach } from 'node:test';
 * useRunnerHooks({ beforeEach, afterEach, afterAll: after });
 */
export function useRunnerHooks(hooks: RunnerHooks): void {
  if (hooked) return;
  hooked = true;
  hooks.beforeEach(() => {
    testRunning = true;
  });
  hooks.afterEach(async () => {
    try {
      await runNewestFirst(ofTest);
    } finally {
      testRunning = false;
    }
  });
  hooks.afterAll(() => runNewestFirst(ofFile));
}

async function runNewestFirst(cleanups: Cleanup[]): Promise<void> {
  const failures: unknown[] = [];
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several cleanups failed');
}

// Jest calls `afterEach` hooks of one level in the order of their registration. Registering in a
// microtask puts ours behind those at the top of the spec file, so that a spec's own hook still
// finds its directory. `beforeEach` comes first on purpose.
const injected = globalThis as Partial<RunnerHooks>;
if (injected.beforeEach && injected.afterEach && injected.afterAll) {
  const { beforeEach, afterEach, afterAll } = injected;
  useRunnerHooks({
    beforeEach,
    afterEach: (hook) => queueMicrotask(() => afterEach(hook)),
    afterAll: (hook) => queueMicrotask(() => afterAll(hook)),
  });
}
