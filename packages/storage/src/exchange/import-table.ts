import { createHash } from 'node:crypto';
import path from 'node:path';
import { throwIfCancelled } from '../lifecycle/side-connection.js';
import type { TaskOptions } from '../progress.js';
import type { MetricSummary } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';
import { requireOneOf } from '../writes/check-input.js';
import { StorageError } from '../storage-error.js';
import type { CheckedRow } from './check-row.js';
import {
  exchangeFormats,
  exchangeTableNames,
  exchangeTables,
  type ExchangeFormat,
  type ExchangeTable,
  type ExchangeTableName,
} from './exchange-tables.js';
import { findInput, type Input } from './find-input.js';
import { giveIds } from './give-ids.js';
import { inputRows } from './input-rows.js';
import { invalidInput } from './invalid-input.js';
import { readSchemaFile, schemaFilePath } from './schema-file.js';
import { rowsToJson, toMetricSummaries, writeRows } from './write-rows.js';

export interface ImportTableOptions extends TaskOptions {
  /** A file that was exported, or the folder of a partitioned export. */
  readonly input: string;
  /** Default: what the schema file beside the input says. */
  readonly table?: ExchangeTableName | undefined;
  /** Default: what the schema file says, or the name: `.csv`, `.json`, `.ndjson`, `.parquet`. */
  readonly format?: ExchangeFormat | undefined;
}

export interface ImportTableResult {
  readonly table: ExchangeTableName;
  readonly format: ExchangeFormat;
  /** Absolute. */
  readonly input: string;
  /** Written: new ones and those that replaced others. */
  readonly rows: number;
  readonly durationMs: number;
}

/** A write holds so many rows, and so much text of them, at most. */
const groupRows = 5_000;
const groupLength = 4 * 1024 * 1024;

/**
 * Reads an export back: a row replaces the one with the same key. Every row is checked before the
 * first is written; then they are written in groups, between the writes of others. Rows without ids get
 * the same ones whenever the same rows are imported, so that what was cut off can be repeated.
 * Source: `docs/exchange.md`.
 */
export async function importTable(
  store: Store,
  options: ImportTableOptions,
  insertMetricSummaries: (summaries: readonly MetricSummary[]) => Promise<void>,
): Promise<ImportTableResult> {
  const startedAt = performance.now();
  const input = await findInput(store.path, options.input);
  const job = { store, input, ...(await decide(input, options)), options, insertMetricSummaries };
  const checked = await check(job);
  await write(job, checked.rows, await idsOf(job, checked));
  const durationMs = performance.now() - startedAt;
  const { format, table } = job;
  const { rows } = checked;
  const result = { table: table.name, format, input: input.path, rows, durationMs };
  store.logger.info(result, 'table imported');
  return result;
}

/** What an import works with. */
interface Job {
  readonly store: Store;
  readonly input: Input;
  readonly table: ExchangeTable;
  readonly format: ExchangeFormat;
  /** How many rows the schema file promises. */
  readonly declaredRows: number | undefined;
  readonly options: ImportTableOptions;
  readonly insertMetricSummaries: (summaries: readonly MetricSummary[]) => Promise<void>;
}

async function decide(
  input: Input,
  { table, format }: ImportTableOptions,
): Promise<Pick<Job, 'table' | 'format' | 'declaredRows'>> {
  const declared = await readSchemaFile(input.path);
  const chosen = table ?? declared?.table;
  if (chosen === undefined) {
    throw new StorageError(
      'STORAGE_INVALID_INPUT',
      `${schemaFilePath(input.path)} is not there: say which table the rows are for.`,
      { details: { field: 'table' } },
    );
  }
  const byName = input.isFolder ? 'parquet' : formatOfName(input.path);
  const decided = format ?? declared?.format ?? byName;
  if (decided === undefined) {
    throw new StorageError(
      'STORAGE_INVALID_INPUT',
      `${input.path} does not tell its format by its name: say which it is.`,
      { details: { field: 'format' } },
    );
  }
  if (input.isFolder && decided !== 'parquet') {
    throw invalidInput('it is a folder; only Parquet comes in one', { path: input.path });
  }
  return {
    table: exchangeTables[requireOneOf('table', chosen, exchangeTableNames)],
    format: requireOneOf('format', decided, exchangeFormats),
    declaredRows: declared?.rows,
  };
}

function formatOfName(file: string): ExchangeFormat | undefined {
  const byExtension: Readonly<Record<string, ExchangeFormat>> = {
    '.csv': 'csv',
    '.json': 'json',
    '.ndjson': 'json',
    '.parquet': 'parquet',
  };
  return byExtension[path.extname(file).toLowerCase()];
}

/** What the first pass over the rows finds. */
interface Checked {
  readonly rows: number;
  readonly largestId: number;
  /** Rows that bring no id, of a table that gives some. */
  readonly withoutId: number;
  readonly digest: string;
}

/** Reads every row once, and writes none. */
async function check(job: Job): Promise<Checked> {
  const { input, table, declaredRows } = job;
  const idAt = idColumn(table);
  const hash = createHash('sha256').update(table.name);
  let rows = 0;
  let largestId = 0;
  let withoutId = 0;
  for await (const group of groups(job, 'check')) {
    rows += group.length;
    if (idAt < 0) continue;
    for (const row of group) {
      hash.update(
        JSON.stringify(row, (_, value: unknown) =>
          typeof value === 'bigint' ? `${value}` : value,
        ),
      );
      largestId = Math.max(largestId, Number(row[idAt] ?? 0));
      if (row[idAt] === null) withoutId += 1;
    }
  }
  if (declaredRows !== undefined && rows !== declaredRows) {
    const problem = `it has ${rows} rows, and its schema file says ${declaredRows}: it is not the whole export`;
    throw invalidInput(problem, { path: input.path });
  }
  return { rows, largestId, withoutId, digest: hash.digest('hex') };
}

/** Where the id stands that the table gives to rows without one; -1: it gives none. */
function idColumn({ columns, idSequence }: ExchangeTable): number {
  return idSequence ? columns.findIndex(({ name }) => name === 'id') : -1;
}

/** @returns what gives each row its id, in the order of the rows */
async function idsOf(
  { store, table }: Job,
  checked: Checked,
): Promise<(row: CheckedRow) => CheckedRow> {
  const { idSequence } = table;
  if (!idSequence) return (row) => row;
  const toCome = { ...checked, table: table.name, idSequence };
  let nextId = await store.write((connection) => giveIds(connection, toCome, store.now()), {
    alone: true,
  });
  const idAt = idColumn(table);
  return (row) => (row[idAt] === null ? row.with(idAt, nextId++) : row);
}

async function write(
  job: Job,
  total: number,
  withId: (row: CheckedRow) => CheckedRow,
): Promise<void> {
  let done = 0;
  for await (const group of groups(job, 'write')) {
    await writeGroup(job, group.map(withId));
    done += group.length;
    job.options.onProgress?.({ phase: 'write', done, total, unit: 'rows' });
  }
}

async function writeGroup(
  { store, table, insertMetricSummaries }: Job,
  rows: readonly CheckedRow[],
): Promise<void> {
  if (table.name === 'metrics') {
    await insertMetricSummaries(toMetricSummaries(rows));
    return;
  }
  const json = rowsToJson(table, rows);
  await store.write((connection) => writeRows(connection, table, json), { weight: rows.length });
}

/** The rows of all files, a group at a time. */
async function* groups(job: Job, phase: 'check' | 'write'): AsyncGenerator<CheckedRow[]> {
  const { store, input, table, format, options } = job;
  const { signal, onProgress } = options;
  const total = input.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let before = 0;
  for (const file of input.files) {
    let done = before;
    const group = new RowGroup();
    const onBytes = (bytes: number) => {
      done += bytes;
    };
    const source = { table, format, work: store.work, signal, onBytes };
    for await (const rows of inputRows(file.path, source)) {
      for (const row of rows) if (group.add(row)) yield group.take();
      throwIfCancelled(signal);
      if (phase === 'check') onProgress?.({ phase, done, total, unit: 'bytes' });
    }
    if (group.size > 0) yield group.take();
    before += file.sizeBytes;
    if (phase === 'check') onProgress?.({ phase, done: before, total, unit: 'bytes' });
  }
}

/** Collects rows up to what one write may hold. */
class RowGroup {
  #rows: CheckedRow[] = [];
  #length = 0;

  get size(): number {
    return this.#rows.length;
  }

  /** @returns whether it is full */
  add(row: CheckedRow): boolean {
    this.#rows.push(row);
    this.#length += lengthOf(row);
    return this.#rows.length >= groupRows || this.#length >= groupLength;
  }

  take(): CheckedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#length = 0;
    return rows;
  }
}

function lengthOf(row: CheckedRow): number {
  let length = 0;
  for (const value of row) length += typeof value === 'string' ? value.length : 16;
  return length;
}
