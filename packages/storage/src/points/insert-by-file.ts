import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import { writeParts } from '../files/write-parts.js';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import { toParquet } from '../parquet/to-parquet.js';
import { joinRows } from './join-rows.js';
import { pointTables, type PackedPoints, type PointTable } from './packed-points.js';

/** Rows of a page of the file, at least. */
const rowsPerPage = 1_000;

/**
 * Brings many points into the open transaction by way of a Parquet file in the work folder: what they are
 * in memory is written by another thread, and DuckDB reads and compresses whole row groups of it on its own.
 * Appended to the tables they would go through this thread and the log.
 *
 * The file is scratch: it is not brought to the disk, and is gone when this ends.
 *
 * @throws {StorageError} `STORAGE_DISK_FULL`, `STORAGE_PATH_…`
 */
export async function insertByFile(
  connection: Connection,
  batches: readonly PackedPoints[],
  work: WorkFolder,
): Promise<void> {
  for (const [index, table] of pointTables.entries()) {
    const rows = joinRows(
      batches.map(({ tables }) => tables[index]!),
      rowsPerPage,
    );
    if (rows.length === 0) continue;
    // A name of its own: DuckDB may remember what it read under one.
    const file = await work.file(`points-${randomUUID()}.parquet`);
    try {
      await writeParts(file, toParquet(table.columns, rows));
      await connection.execute(insertSql(table, file));
    } finally {
      await rm(file, { force: true });
    }
  }
}

function insertSql({ name, columns, nullable }: PointTable, file: string): string {
  const values = columns.map((column, index) =>
    nullable & (1 << index) ? `nullif(${column.name}, 'NaN'::DOUBLE)` : column.name,
  );
  return `INSERT INTO ${name}
    SELECT ${values.join(', ')} FROM read_parquet(${quoted(file)}, hive_partitioning = false)`;
}
