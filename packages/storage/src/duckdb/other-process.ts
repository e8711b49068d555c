import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { StorageError } from '../storage-error.js';
import { toStorageError } from './duckdb-error.js';
import { quoted } from './instance.js';

/** What the other process is told. */
interface Errand {
  /** The driver's module, as this process found it. */
  readonly driver: string;
  readonly file: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly sql: string;
}

/**
 * Runs one query on a database file in a process of its own, read-only, and returns its rows.
 *
 * What this process holds in memory of a file proves nothing about the file: another one has to
 * read every block from the disk's side. A file that makes DuckDB abort takes only that process.
 *
 * Shape: values as DuckDB writes them in JSON. The answer goes through `answerFile`, which is
 * removed again.
 *
 * @throws {StorageError} `STORAGE_CORRUPT`, `STORAGE_NOT_A_DATABASE`, `STORAGE_CANCELLED`, …
 */
export async function queryInOtherProcess(
  file: string,
  sql: string,
  { answerFile, signal }: { readonly answerFile: string; readonly signal: AbortSignal },
): Promise<Record<string, unknown>[]> {
  const errand = {
    file,
    settings: { access_mode: 'READ_ONLY' },
    sql: `COPY (${sql}) TO ${quoted(answerFile)} (FORMAT json, ARRAY true)`,
  };
  try {
    await runInOtherProcess(errand, { reads: file, signal });
    return JSON.parse(await readFile(answerFile, 'utf8')) as Record<string, unknown>[];
  } finally {
    await rm(answerFile, { force: true });
  }
}

/**
 * Runs SQL on a database in a process of its own: what makes DuckDB abort takes only that process.
 *
 * @param reads the file that it is about, for what is said when it fails
 * @throws {StorageError} as DuckDB says, `STORAGE_CORRUPT` when the process died, `STORAGE_CANCELLED`
 */
export async function runInOtherProcess(
  errand: Omit<Errand, 'driver'>,
  { reads, signal, folder }: OtherProcessOptions,
): Promise<void> {
  const settings = { memory_limit: '512MB', threads: '1', ...errand.settings };
  const told: Errand = { ...errand, driver: driverPath(), settings };
  try {
    await execute(process.execPath, ['--eval', program, '--', JSON.stringify(told)], {
      ...(signal ? { signal } : {}),
      ...(folder === undefined ? {} : { cwd: folder }),
      env: { ...process.env, TZ: 'UTC' },
    });
  } catch (reason) {
    if (signal?.aborted) {
      throw new StorageError('STORAGE_CANCELLED', `Reading ${reads} was stopped.`);
    }
    throw unreadable(reads, reason as ExecFailure);
  }
}

interface OtherProcessOptions {
  readonly reads: string;
  readonly signal?: AbortSignal | undefined;
  /** Its working directory; default this process's. */
  readonly folder?: string;
}

const execute = promisify(execFile);

type ExecFailure = Error & { readonly stderr?: string; readonly signal?: string };

/** The whole program: it speaks to the driver's lowest layer, which is all that a bundle keeps. */
const program = `
const { driver, file, settings, sql } = JSON.parse(process.argv[1]);
const duckdb = require(driver);
const config = duckdb.create_config();
for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value);
(async () => {
  const connection = await duckdb.connect(await duckdb.open(file, config));
  await duckdb.query(connection, sql);
})().catch((error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
`;

function driverPath(): string {
  const require = createRequire(import.meta.url);
  try {
    return require.resolve('@duckdb/node-bindings');
  } catch {
    // A package manager that hides what is not asked for by name shows it to the driver alone.
    return createRequire(require.resolve('@duckdb/node-api')).resolve('@duckdb/node-bindings');
  }
}

function unreadable(file: string, failure: ExecFailure): StorageError {
  if (failure.signal) {
    return new StorageError(
      'STORAGE_CORRUPT',
      `Cannot read ${file}: the process that read it died of ${failure.signal}.`,
      { cause: failure, details: { path: file } },
    );
  }
  return toStorageError(new Error(failure.stderr || failure.message), `read ${file}`);
}
