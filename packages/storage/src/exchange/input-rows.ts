import { rm } from 'node:fs/promises';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import { checkRow, numberFromText, type CheckedRow } from './check-row.js';
import { csvRecords, type CsvField } from './csv-records.js';
import { mayLack, type ExchangeFormat, type ExchangeTable } from './exchange-tables.js';
import { invalidInput, type Place } from './invalid-input.js';
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
 * The checked rows of one file, some at a time.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with row and column
 */
export async function* inputRows(
  path: string,
  options: InputRowsOptions,
): AsyncGenerator<CheckedRow[]> {
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
): AsyncGenerator<CheckedRow[]> {
  let header: Header | undefined;
  let row = 0;
  for await (const records of csvRecords(path, text)) {
    const [first, ...rest] = records;
    if (first === undefined) continue;
    const isHeader = header === undefined;
    const known = (header ??= readHeader(table, path, first));
    yield (isHeader ? rest : records).map((record) =>
      csvRow(table, known, record, { path, row: ++row }),
    );
  }
  if (!header) throw invalidInput('there is no header', { path });
}

/** Where in a record each column of the table stands; -1 where it does not. */
interface Header {
  readonly fields: number;
  readonly positions: readonly number[];
}

function csvRow(
  table: ExchangeTable,
  { fields, positions }: Header,
  record: readonly CsvField[],
  place: Place,
): CheckedRow {
  if (record.length !== fields) {
    throw invalidInput(`it has ${record.length} fields, and the header ${fields}`, place);
  }
  return checkRow(table, place, (column, index) => {
    const field = record[positions[index]!];
    return field === null || field === undefined ? null : numberFromText(column, field);
  });
}

function readHeader(table: ExchangeTable, path: string, record: readonly CsvField[]): Header {
  const names = record.map((name) => name ?? '');
  checkNames(table, path, names);
  if (new Set(names).size !== names.length) {
    throw invalidInput('a column stands there twice', { path });
  }
  const missing = table.columns.find(
    (column) => !mayLack(table, column) && !names.includes(column.name),
  );
  if (missing) throw invalidInput('the header lacks it', { path, field: missing.name });
  return { fields: names.length, positions: table.columns.map(({ name }) => names.indexOf(name)) };
}

async function* jsonRows(
  table: ExchangeTable,
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<CheckedRow[]> {
  for await (const lines of jsonLines(path, text)) {
    yield lines.map(({ row, value }) => {
      checkNames(table, path, Object.keys(value), row);
      return checkRow(table, { path, row }, ({ name }) =>
        Object.hasOwn(value, name) ? value[name] : null,
      );
    });
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
