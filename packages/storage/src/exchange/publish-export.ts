import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { publishFile, requireNew } from '../files/publish-file.js';
import { syncDirectory } from '../files/sync-directory.js';
import { toPathError } from '../lifecycle/path-error.js';
import { throwIfCancelled, type Side } from '../lifecycle/side-connection.js';
import type { Progress } from '../progress.js';
import type { Store } from '../store.js';
import { copyRows } from './copy-rows.js';
import type { ExchangeTable } from './exchange-tables.js';
import { columnsSql, onlyWithin, timestampSql, type RowsToExport } from './export-query.js';
import { rowPieces, type RowPieces } from './row-pieces.js';

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
  readonly store: Store;
  readonly table: ExchangeTable;
  readonly rows: RowsToExport;
  readonly pieces: RowPieces;
  readonly count: number;
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
  options: PublishDaysOptions,
): Promise<{ output: string; files: number; sizeBytes: number }> {
  const { table, output, onProgress } = options;
  const draft = `${output}.partial`;
  await makeDraft(draft, output);
  try {
    let sizeBytes = 0;
    let done = 0;
    const days = await listDays(side, options);
    for (const { startMs, label, count } of days) {
      throwIfCancelled(side.signal);
      const folder = path.join(draft, `day=${label}`);
      await mkdir(folder, { mode: 0o700 });
      const file = path.join(folder, `${table.name}.parquet`);
      sizeBytes += await publishDay(side, options, { startMs, file });
      await syncDirectory(folder);
      done += count;
      onProgress({ phase: 'write', done, total: options.count, unit: 'rows' });
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
  { connection, signal }: Side,
  { table, pieces }: PublishDaysOptions,
): Promise<Day[]> {
  const counts = new Map<number, number>();
  for (const sql of pieces.sql()) {
    throwIfCancelled(signal);
    const days = await connection.query(
      `SELECT epoch_ms(date_trunc('day', "${table.timeColumn}")::TIMESTAMP) AS start, count(*) AS count
       FROM (${sql}) GROUP BY ALL`,
    );
    for (const { start, count } of days as { start: number; count: number }[]) {
      counts.set(start, (counts.get(start) ?? 0) + count);
    }
  }
  return [...counts]
    .sort(([one], [other]) => one - other)
    .map(([startMs, count]) => ({
      startMs,
      label: new Date(startMs).toISOString().split('T')[0]!,
      count,
    }));
}

async function publishDay(
  side: Side,
  { store, table, rows }: PublishDaysOptions,
  { startMs, file }: { readonly startMs: number; readonly file: string },
): Promise<number> {
  const ofDay = onlyWithin(rows, dayCondition(table, startMs));
  const { memoryLimitBytes } = store.instance;
  const pieces = await rowPieces(side.connection, table, { rows: ofDay, memoryLimitBytes });
  const columns = columnsSql(table, 'parquet');
  const written = await store.work.file(`export-${randomUUID()}.parquet`);
  const onProgress = () => undefined;
  try {
    await copyRows(side, { pieces, columns, format: 'parquet', file: written, onProgress });
    const { size } = await stat(written);
    await publishWorkFile(written, file, { overwrite: false, signal: side.signal });
    return size;
  } finally {
    await rm(written, { force: true });
  }
}

function dayCondition({ timeColumn }: ExchangeTable, startMs: number): string {
  const from = timestampSql('from', new Date(startMs));
  const last = timestampSql('to', new Date(startMs + dayMs - 1));
  return `"${timeColumn}" >= ${from} AND "${timeColumn}" < ${last} + INTERVAL 1 MILLISECOND`;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}
