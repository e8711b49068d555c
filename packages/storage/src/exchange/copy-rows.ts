import { stat } from 'node:fs/promises';
import { quoted } from '../duckdb/instance.js';
import type { Side } from '../lifecycle/side-connection.js';
import type { Progress } from '../progress.js';
import type { ExchangeFormat } from './exchange-tables.js';

export interface CopyRowsOptions {
  /** A query that was checked. */
  readonly sql: string;
  readonly format: ExchangeFormat;
  /** In the work folder. */
  readonly file: string;
  /** Told how large the file is so far. */
  readonly onProgress: (progress: Progress) => void;
}

const copyOptions: Readonly<Record<ExchangeFormat, string>> = {
  // NULL is nothing at all; DuckDB then puts the empty string in quotes.
  csv: `FORMAT csv, HEADER, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ''`,
  json: 'FORMAT json',
  // A row group is collected in memory. This many rows of 5 KB are 20 MB, and the files of small rows
  // are no larger for it.
  parquet: 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096',
};

const lookEveryMs = 200;

/** Lets DuckDB write the rows of a query to a file; it holds some thousand rows at a time. */
export async function copyRows(
  { connection }: Side,
  { sql, format, file, onProgress }: CopyRowsOptions,
): Promise<void> {
  const timer = setInterval(() => {
    // The file may not be there yet, or not any more.
    stat(file).then(
      ({ size }) => onProgress({ phase: 'write', done: size, unit: 'bytes' }),
      () => undefined,
    );
  }, lookEveryMs);
  try {
    await connection.execute(`COPY (${sql}) TO ${quoted(file)} (${copyOptions[format]})`);
  } finally {
    clearInterval(timer);
  }
}
