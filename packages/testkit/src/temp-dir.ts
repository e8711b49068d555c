import { mkdtempSync, realpathSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRunnerHooks, isTestRunning, onTestEnd } from './cleanup.js';

/** A directory that exists for one test, one test file or one block. */
export interface TempDir {
  /** Absolute path, free of symbolic links. */
  readonly path: string;
  /** A path inside the directory. Nothing is created. */
  file(...segments: string[]): string;
}

/** A {@link TempDir} whose owner removes it. */
export interface DisposableTempDir extends TempDir, AsyncDisposable {
  /** Removes the directory and all it holds, also what is read-only. Safe to call twice. */
  remove(): Promise<void>;
}

export interface TempDirOptions {
  /** Start of the directory's name. Default `coral-test-`. */
  readonly prefix?: string;
}

export interface UseTempDirOptions extends TempDirOptions {
  /** How long one directory lives. Default `test`: every test gets its own, empty one. */
  readonly per?: 'test' | 'file';
}

/**
 * Makes a temporary directory that is removed at the end of its `await using` block.
 *
 * For programs and scripts without a test runner; specs are shorter with {@link useTempDir}.
 * With `CORAL_TEST_KEEP=1` in the environment the directory stays and its path is printed.
 *
 * @example
 * await using dir = createTempDir();
 * await writeFile(dir.file('config.yaml'), 'default_colony: shop-production-a3f2e1');
 */
export function createTempDir(options: TempDirOptions = {}): DisposableTempDir {
  const prefix = options.prefix ?? 'coral-test-';
  const path = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  const remove = async (): Promise<void> => {
    if (process.env['CORAL_TEST_KEEP']) process.stderr.write(`testkit: kept ${path}\n`);
    else await removeTree(path);
  };
  return {
    path,
    file: (...segments) => join(path, ...segments),
    remove,
    [Symbol.asyncDispose]: remove,
  };
}

/**
 * Gives a spec a temporary directory and removes it when the test is over.
 *
 * Call it at the top of a spec or `describe`, where every test then finds a fresh directory under
 * the same name, or inside a test. `{ per: 'file' }` keeps one directory for all tests, which is
 * what a store opened in `beforeAll` needs.
 *
 * @throws {Error} when a directory per test is read while no test runs
 * @example
 * const dir = useTempDir();
 *
 * it('creates the file', async () => {
 *   await writeFile(dir.file('a.txt'), '');
 *   expect(await readdir(dir.path)).toEqual(['a.txt']);
 * });
 */
export function useTempDir(options: UseTempDirOptions = {}): TempDir {
  if (!hasRunnerHooks() || isTestRunning() || options.per === 'file') return registered(options);
  let current: TempDir | undefined;
  const dirOfTest = (): TempDir => {
    if (!isTestRunning()) {
      throw new Error(
        "This directory exists only while a test runs. Pass { per: 'file' } to use it in beforeAll or between tests.",
      );
    }
    if (!current) {
      current = registered(options);
      onTestEnd(() => {
        current = undefined;
      });
    }
    return current;
  };
  return {
    get path() {
      return dirOfTest().path;
    },
    file: (...segments) => dirOfTest().file(...segments),
  };
}

function registered(options: TempDirOptions): TempDir {
  const dir = createTempDir(options);
  onTestEnd(dir.remove);
  return dir;
}

async function removeTree(path: string): Promise<void> {
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });
  try {
    await remove();
  } catch (error) {
    if (!isPermissionError(error)) throw error;
    // A test that takes write permission away from a directory need not give it back.
    await makeWritable(path);
    await remove();
  }
}

async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}

function isPermissionError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EACCES' || code === 'EPERM';
}
