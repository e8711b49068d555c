import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '../storage-error.js';
import { invalidInput } from './invalid-input.js';
import { requireNotOurs } from './require-not-ours.js';

export interface InputFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What is to be imported: one file, or the Parquet files of a folder, by name. */
export interface Input {
  readonly path: string;
  readonly isFolder: boolean;
  readonly files: readonly InputFile[];
}

/**
 * Looks at a path without opening anything: a pipe would wait for ever, and the colony's own file
 * must not be opened.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT`, `STORAGE_PATH_…`
 */
export async function findInput(database: string, input: string): Promise<Input> {
  const root = path.resolve(input);
  const isFolder = (await look(root)).isDirectory();
  const paths = isFolder ? await parquetFiles(root) : [root];
  if (paths.length === 0) throw invalidInput('there is no Parquet file in it', { path: root });
  const files: InputFile[] = [];
  for (const file of paths) {
    await requireNotOurs(database, file);
    const found = await look(file);
    if (!found.isFile()) throw invalidInput('it is neither a file nor a folder', { path: file });
    files.push({ path: file, sizeBytes: found.size });
  }
  return { path: root, isFolder, files };
}

async function parquetFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => path.join(folder, name));
}

async function look(file: string) {
  try {
    return await stat(file);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    throw new StorageError('STORAGE_INVALID_INPUT', `Cannot read ${file} (${code}).`, {
      cause: reason,
      details: { path: file },
    });
  }
}
