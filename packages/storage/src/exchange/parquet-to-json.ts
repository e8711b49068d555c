import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { runInOtherProcess } from '../duckdb/other-process.js';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import { isStorageError } from '../storage-error.js';
import { invalidInput } from './invalid-input.js';

/**
 * Rewrites a Parquet file as newline-delimited JSON in the work folder, in a process of its own:
 * a file that was made to break DuckDB's reader must not end the colony, or its instance.
 *
 * @returns the file; remove it
 * @throws {StorageError} `STORAGE_INVALID_INPUT` when it is no Parquet file, or a broken one;
 *   `STORAGE_DISK_FULL`, `STORAGE_CANCELLED`
 */
export async function parquetToJson(
  file: string,
  work: WorkFolder,
  signal: AbortSignal | undefined,
): Promise<string> {
  const id = randomUUID();
  // Under a plain name in its own folder: the file's own could hold characters of a pattern.
  const link = await work.file(`import-${id}.parquet`);
  const json = await work.file(`import-${id}.json`);
  await symlink(path.resolve(file), link);
  const sql = `COPY (FROM read_parquet('${path.basename(link)}', hive_partitioning = false))
    TO '${path.basename(json)}' (FORMAT json, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ')`;
  try {
    const errand = { file: ':memory:', settings: { temp_directory: '' }, sql };
    await runInOtherProcess(errand, { reads: file, signal, folder: path.dirname(link) });
    return json;
  } catch (reason) {
    await rm(json, { force: true });
    throw asInvalidInput(file, reason);
  } finally {
    await rm(link, { force: true });
  }
}

function asInvalidInput(file: string, reason: unknown): unknown {
  if (!isStorageError(reason)) return reason;
  if (reason.code === 'STORAGE_CANCELLED' || reason.code === 'STORAGE_DISK_FULL') return reason;
  return invalidInput('it cannot be read as Parquet', { path: file }, reason);
}
