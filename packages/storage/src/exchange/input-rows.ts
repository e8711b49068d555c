import { rm } from 'node:fs/promises';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import { checkRow, numberFromText, type CheckedRow } from './check-row.js';
import { csvRecords, type CsvField } from './csv-records.js';
import { mayLack, type ExchangeFormat, type ExchangeTable } from './exchange-tables.js';
import { invalidInput } from './invalid-input.js';
import { jsonLines } from './json-lines.js';
import { parquetToJson } from './parquet-to-json.js';
import { readText } from './read-text.js';

export interface InputRowsOptions {
  readonly table: ExchangeTable;
  readonly format: ExchangeFormat;
  readonly work: WorkFolder;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of the file were read since the last time. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The checked rows of one file, one after the other in bounded memory.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with row and column
 */
export async function* inputRows(
  path: string,
  options: InputRowsOptions,
): AsyncGenerator<CheckedRow> {
  const { table, format, work, signal, onBytes } = options;
  if (format === 'csv') {
    yield* csvRows(table, path, readText(path, onBytes));
  } else if (format === 'json') {
    yield* jsonRows(table, path, readText(path, onBytes));
  } else {
    const json = await parquetToJson(path, work, signal);
    try {
      yield* jsonRows(table, path, readText(json));
    } finally {
      await rm(json, { force: true });
    }
  }
}

async function* csvRows(
  table: ExchangeTable,
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<CheckedRow> {
  let positions: ReadonlyMap<string, number> | undefined;
  let row = 0;
  for await (const record of csvRecords(path, text)) {
    if (!positions) {
      positions = readHeader(table, path, record);
      continue;
    }
    row += 1;
    const place = { path, row };
    if (record.length !== positions.size) {
      const problem = `it has ${record.length} fields, and the header ${positions.size}`;
      throw invalidInput(problem, place);
    }
    const header = positions;
    yield checkRow(table, place, (column) => {
      const field = record[header.get(column.name) ?? -1] ?? null;
      return field === null ? null : numberFromText(column, field);
    });
  }
  if (!positions) throw invalidInput('there is no header', { path });
}

function readHeader(
  table: ExchangeTable,
  path: string,
  header: readonly CsvField[],
): ReadonlyMap<string, number> {
  const names = header.map((name) => name ?? '');
  const positions = new Map(names.map((name, index) => [name, index]));
  checkNames(table, path, names);
  if (positions.size !== names.length) throw invalidInput('a column stands there twice', { path });
  const missing = table.columns.find(
    (column) => !mayLack(table, column) && !positions.has(column.name),
  );
  if (missing) throw invalidInput('the header lacks it', { path, field: missing.name });
  return positions;
}

async function* jsonRows(
  table: ExchangeTable,
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<CheckedRow> {
  for await (const { row, value } of jsonLines(path, text)) {
    checkNames(table, path, Object.keys(value), row);
    yield checkRow(table, { path, row }, ({ name }) =>
      Object.hasOwn(value, name) ? value[name] : null,
    );
  }
}

/** What a table cannot hold must not be dropped in silence. */
function checkNames(
  table: ExchangeTable,
  path: string,
  names: readonly string[],
  row?: number,
): void {
  const stranger = names.find((one) => !table.columns.some(({ name }) => name === one));
  if (stranger === undefined) return;
  const known = table.columns.map(({ name }) => name).join(', ');
  throw invalidInput(`${table.name} has no such column; there are ${known}`, {
    path,
    ...(row === undefined ? {} : { row }),
    field: stranger.slice(0, 100),
  });
}
