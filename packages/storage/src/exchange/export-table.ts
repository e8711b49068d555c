import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { requireNew } from '../files/publish-file.js';
import { throwIfCancelled, type Side } from '../lifecycle/side-connection.js';
import { schemaVersion } from '../migrations/index.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { StorageError } from '../storage-error.js';
import { requireOneOf } from '../writes/check-input.js';
import { copyRows } from './copy-rows.js';
import {
  exchangeFormats,
  exchangeTableNames,
  exchangeTables,
  type ExchangeFormat,
  type ExchangeTable,
  type ExchangeTableName,
} from './exchange-tables.js';
import { columnsSql, rowsToExport, type ExportFilter, type RowsToExport } from './export-query.js';
import { isoTimestampSql, parseIsoTimestamp } from './iso-timestamp.js';
import { publishDays, publishTextFile, publishWorkFile } from './publish-export.js';
import { requireNotOurs } from './require-not-ours.js';
import { rowPieces, type RowPieces } from './row-pieces.js';
import { schemaColumns, schemaFilePath, type ExchangeSchema } from './schema-file.js';

export interface ExportTableOptions extends ExportFilter, TaskOptions {
  readonly table: ExchangeTableName;
  readonly format: ExchangeFormat;
  /**
   * The file to make, or the folder with `partitionBy`. Absent: the file stays in the colony's work
   * folder, without a schema file, for whoever passes it on and removes it.
   */
  readonly output?: string | undefined;
  /** One Parquet file a day: `{output}/day=2026-11-22/{table}.parquet`. */
  readonly partitionBy?: 'day' | undefined;
  /** Whether a file that is there may be replaced; default false. Never a folder. */
  readonly overwrite?: boolean | undefined;
}

export interface ExportTableResult {
  readonly table: ExchangeTableName;
  readonly format: ExchangeFormat;
  /** Absolute. */
  readonly output: string;
  /** Absolute; absent without an output. */
  readonly schemaFile?: string;
  readonly rows: number;
  readonly files: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

interface Counted {
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
}

/**
 * Writes a table, or what a filter lets through, to a file: as it is in one moment, in bounded
 * memory, while others go on writing. Source: `docs/exchange.md`.
 */
export async function exportTable(
  store: Store,
  side: Side,
  options: ExportTableOptions,
): Promise<ExportTableResult> {
  const startedAt = performance.now();
  const table = exchangeTables[requireOneOf('table', options.table, exchangeTableNames)];
  const format = requireOneOf('format', options.format, exchangeFormats);
  const output = options.output === undefined ? undefined : path.resolve(options.output);
  await checkOutput(store, output, options);
  const { connection } = side;
  await connection.execute('BEGIN TRANSACTION READ ONLY');
  try {
    const rows = await rowsToExport(connection, table, options);
    const { memoryLimitBytes } = store.instance;
    const pieces = await rowPieces(connection, table, { rows, memoryLimitBytes });
    const counted = await count(side, table, pieces);
    const job = { store, side, table, format, rows, pieces, count: counted.rows, options };
    const written = await write(job, output);
    const durationMs = performance.now() - startedAt;
    const result = {
      table: table.name,
      format,
      rows: counted.rows,
      ...written,
      ...(output === undefined
        ? {}
        : { schemaFile: await writeSchema(store, output, { table, options, counted }) }),
      durationMs,
    };
    store.logger.info({ ...result }, 'table exported');
    return result;
  } finally {
    side.settle();
    await connection.execute('ROLLBACK');
  }
}

async function checkOutput(
  store: Store,
  output: string | undefined,
  { format, partitionBy, overwrite = false }: ExportTableOptions,
): Promise<void> {
  if (partitionBy !== undefined) {
    requireOneOf('partitionBy', partitionBy, ['day']);
    if (format !== 'parquet') throw invalid('partitionBy', 'goes with the format parquet only');
    if (output === undefined) throw invalid('partitionBy', 'needs an output: a folder');
  }
  if (output === undefined) return;
  for (const one of [output, schemaFilePath(output)]) {
    await requireNotOurs(store.path, one);
    if (!overwrite || partitionBy !== undefined) await requireNew(one);
  }
}

async function count(
  { connection, signal }: Side,
  { timeColumn }: ExchangeTable,
  pieces: RowPieces,
): Promise<Counted> {
  let sum: Counted = { rows: 0, first: null, last: null };
  for (const sql of pieces.sql()) {
    throwIfCancelled(signal);
    const [row] = await connection.query(
      `SELECT count(*) AS rows, ${isoTimestampSql(`min("${timeColumn}")`)} AS first,
         ${isoTimestampSql(`max("${timeColumn}")`)} AS last
       FROM (${sql})`,
    );
    const { rows, first, last } = row as { rows: number; first?: string; last?: string };
    if (first === undefined || last === undefined) continue;
    sum = {
      rows: sum.rows + rows,
      first: sum.first !== null && isBefore(sum.first, first) ? sum.first : first,
      last: sum.last !== null && isBefore(last, sum.last) ? sum.last : last,
    };
  }
  return sum;
}

function isBefore(one: string, other: string): boolean {
  return parseIsoTimestamp(one)! < parseIsoTimestamp(other)!;
}

/** What the writing of one export needs. */
interface Job {
  readonly store: Store;
  readonly side: Side;
  readonly table: ExchangeTable;
  readonly format: ExchangeFormat;
  readonly rows: RowsToExport;
  readonly pieces: RowPieces;
  readonly count: number;
  readonly options: ExportTableOptions;
}

type Written = Pick<ExportTableResult, 'output' | 'files' | 'sizeBytes'>;

async function write(job: Job, output: string | undefined): Promise<Written> {
  const { store, side, table, format } = job;
  const { overwrite = false, onProgress = () => undefined, partitionBy } = job.options;
  if (output !== undefined && partitionBy === 'day') {
    return publishDays(side, { ...job, output, onProgress });
  }
  const file = await store.work.file(`export-${randomUUID()}.${format}`);
  try {
    await copyRows(side, { ...job, columns: columnsSql(table, format), file, onProgress });
    const { size: sizeBytes } = await stat(file);
    if (output === undefined) return { output: file, files: 1, sizeBytes };
    await publishWorkFile(file, output, { overwrite, signal: side.signal });
    await rm(file);
    return { output, files: 1, sizeBytes };
  } catch (reason) {
    await rm(file, { force: true });
    throw reason;
  }
}

async function writeSchema(
  store: Store,
  output: string,
  {
    table,
    options,
    counted,
  }: {
    readonly table: ExchangeTable;
    readonly options: ExportTableOptions;
    readonly counted: Counted;
  },
): Promise<string> {
  const { rows, first, last } = counted;
  const schema: ExchangeSchema = {
    version: 1,
    table: table.name,
    format: options.format,
    partition_by: options.partitionBy ?? null,
    columns: schemaColumns(table.name),
    rows,
    time_range: { column: table.timeColumn, first, last },
    filter: {
      from: options.from?.toISOString() ?? null,
      to: options.to?.toISOString() ?? null,
      where: options.where ?? null,
    },
    colony_id: store.colonyId,
    schema_version: schemaVersion,
    created_at: store.now().toISOString(),
  };
  const file = schemaFilePath(output);
  const { overwrite = false } = options;
  await publishTextFile(file, `${JSON.stringify(schema, null, 2)}\n`, { overwrite });
  return file;
}

function invalid(field: string, problem: string): StorageError {
  return new StorageError('STORAGE_INVALID_INPUT', `${field} ${problem}.`, { details: { field } });
}
