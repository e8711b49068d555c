import { createReadStream } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import { throwIfCancelled, type Side } from '../lifecycle/side-connection.js';
import type { Progress } from '../progress.js';
import type { ExchangeFormat } from './exchange-tables.js';
import type { RowPieces } from './row-pieces.js';

export interface CopyRowsOptions {
  /** Of a query that was checked. */
  readonly pieces: RowPieces;
  /** What of their rows is written, as SQL. */
  readonly columns: string;
  readonly format: ExchangeFormat;
  /** In the work folder; parts of it are made beside it, and removed. */
  readonly file: string;
  /** Told how much is written so far. */
  readonly onProgress: (progress: Progress) => void;
}

const lookEveryMs = 200;

/** Lets DuckDB write rows to a file, a piece at a time: it never holds more of them than fit. */
export async function copyRows(side: Side, options: CopyRowsOptions): Promise<void> {
  const { pieces, columns, format, file, onProgress } = options;
  const { connection, signal } = side;
  const parts: string[] = [];
  let doneBytes = 0;
  const timer = setInterval(() => {
    // The part may not be there yet, or not any more.
    sizeOf(parts.at(-1)!).then(
      (size) => onProgress({ phase: 'write', done: doneBytes + size, unit: 'bytes' }),
      () => undefined,
    );
  }, lookEveryMs);
  try {
    for (const rows of pieces.sql()) {
      throwIfCancelled(signal);
      const part = `${file}.${parts.length}`;
      const how = copyOptions(format, { isFirst: parts.length === 0, ...pieces });
      if (parts.length > 0) doneBytes += await sizeOf(parts.at(-1)!);
      parts.push(part);
      await connection.execute(
        `COPY (SELECT ${columns} FROM (${rows})) TO ${quoted(part)} (${how})`,
      );
    }
    throwIfCancelled(signal);
    if (format === 'parquet' && parts.length > 1) await joinParquet(connection, parts, options);
    else await joinText(parts, file);
  } finally {
    clearInterval(timer);
    for (const part of parts) await rm(part, { force: true });
  }
}

function copyOptions(
  format: ExchangeFormat,
  { isFirst, rowsAtOnce }: { readonly isFirst: boolean; readonly rowsAtOnce: number },
): string {
  switch (format) {
    case 'csv':
      // NULL is nothing at all; DuckDB then puts the empty string in quotes.
      return `FORMAT csv, HEADER ${isFirst}, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ''`;
    case 'json':
      return 'FORMAT json';
    case 'parquet':
      return `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsAtOnce}`;
  }
}

/** Appends the others to the first. */
async function joinText([first, ...others]: readonly string[], file: string): Promise<void> {
  await rename(first!, file);
  for (const part of others) {
    await writeFile(file, createReadStream(part), { flag: 'a' });
    await rm(part);
  }
}

/** Row groups bound what is read at once, so the parts can be read as one table. */
async function joinParquet(
  connection: Connection,
  parts: readonly string[],
  { file, pieces }: CopyRowsOptions,
): Promise<void> {
  await connection.execute(
    `COPY (FROM read_parquet([${parts.map(quoted).join(', ')}], hive_partitioning = false))
     TO ${quoted(file)} (${copyOptions('parquet', { isFirst: true, ...pieces })})`,
  );
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}
