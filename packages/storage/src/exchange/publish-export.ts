import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { publishFile, requireNew } from '../files/publish-file.js';
import { syncDirectory } from '../files/sync-directory.js';
import { toPathError } from '../lifecycle/path-error.js';
import { throwIfCancelled, type Side } from '../lifecycle/side-connection.js';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import type { Progress } from '../progress.js';
import { copyRows } from './copy-rows.js';
import type { ExchangeTable } from './exchange-tables.js';
import { columnsSql, timestampSql, type RowsSql } from './export-query.js';

const chunkBytes = 1024 * 1024;
const dayMs = 86_400_000;

/** Copies a finished file of the work folder to where it was asked for. */
export async function publishWorkFile(
  file: string,
  output: string,
  { overwrite, signal }: { readonly overwrite: boolean; readonly signal: AbortSignal },
): Promise<void> {
  await publishFile(output, { overwrite }, async (draft) => {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      throwIfCancelled(signal);
      await writeAll(draft, chunk as Buffer);
    }
  });
}

export async function publishTextFile(
  output: string,
  text: string,
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  await publishFile(output, { overwrite }, (draft) => writeAll(draft, Buffer.from(text)));
}

export interface PublishDaysOptions {
  readonly table: ExchangeTable;
  readonly rowsSql: RowsSql;
  readonly rows: number;
  readonly work: WorkFolder;
  /** The folder to make. */
  readonly output: string;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Writes one Parquet file a day, each copied out before the next is begun; the folder gets its name
 * when all are there.
 */
export async function publishDays(
  side: Side,
  { table, rowsSql, rows, work, output, onProgress }: PublishDaysOptions,
): Promise<{ output: string; files: number; sizeBytes: number }> {
  const draft = `${output}.partial`;
  await makeDraft(draft, output);
  try {
    let sizeBytes = 0;
    let done = 0;
    const days = await listDays(side, table, rowsSql);
    for (const { startMs, label, count } of days) {
      throwIfCancelled(side.signal);
      const folder = path.join(draft, `day=${label}`);
      await mkdir(folder, { mode: 0o700 });
      const sql = daySql(table, rowsSql, startMs);
      const file = path.join(folder, `${table.name}.parquet`);
      sizeBytes += await publishDay(side, { sql, work, file });
      await syncDirectory(folder);
      done += count;
      onProgress({ phase: 'write', done, total: rows, unit: 'rows' });
    }
    await syncDirectory(draft);
    await requireNew(output);
    await rename(draft, output);
    await syncDirectory(path.dirname(output));
    return { output, files: days.length, sizeBytes };
  } catch (reason) {
    await rm(draft, { recursive: true, force: true });
    throw toPathError(reason, output);
  }
}

/** A folder that is there already belongs to somebody: it is not written into. */
async function makeDraft(draft: string, output: string): Promise<void> {
  await requireNew(draft);
  try {
    await mkdir(draft, { mode: 0o700 });
  } catch (reason) {
    throw toPathError(reason, output);
  }
}

interface Day {
  readonly startMs: number;
  readonly label: string;
  readonly count: number;
}

async function listDays(
  { connection }: Side,
  { timeColumn }: ExchangeTable,
  rowsSql: RowsSql,
): Promise<Day[]> {
  const days = await connection.query(
    `SELECT epoch_ms(date_trunc('day', "${timeColumn}")::TIMESTAMP) AS start, count(*) AS count
     FROM (${rowsSql}) GROUP BY ALL ORDER BY ALL`,
  );
  return days.map(({ start, count }) => ({
    startMs: start as number,
    label: new Date(start as number).toISOString().split('T')[0]!,
    count: count as number,
  }));
}

function daySql(table: ExchangeTable, rowsSql: RowsSql, startMs: number): string {
  const from = timestampSql('from', new Date(startMs));
  const last = timestampSql('to', new Date(startMs + dayMs - 1));
  return `SELECT ${columnsSql(table, 'parquet')} FROM (${rowsSql})
    WHERE "${table.timeColumn}" >= ${from} AND "${table.timeColumn}" < ${last} + INTERVAL 1 MILLISECOND`;
}

async function publishDay(
  side: Side,
  { sql, work, file }: { readonly sql: string; readonly work: WorkFolder; readonly file: string },
): Promise<number> {
  const written = await work.file(`export-${randomUUID()}.parquet`);
  try {
    await copyRows(side, { sql, format: 'parquet', file: written, onProgress: () => undefined });
    const { size } = await stat(written);
    await publishWorkFile(written, file, { overwrite: false, signal: side.signal });
    return size;
  } finally {
    await rm(written, { force: true });
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}
