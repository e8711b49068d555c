import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import { publishDraft } from '../files/publish-draft.js';
import { toPathError } from '../lifecycle/path-error.js';
import type { Store } from '../store.js';

/**
 * Writes a query's rows to a file of the trash folder, in the open transaction. When it returns, the
 * file survives a loss of power.
 *
 * @returns the file's size in bytes
 */
export async function writeTrashFile(
  store: Store,
  connection: Connection,
  name: string,
  query: string,
): Promise<number> {
  const file = path.join(store.work.trash, name);
  const draft = `${file}.partial`;
  try {
    await mkdir(store.work.trash, { recursive: true, mode: 0o700 });
    await connection.execute(
      `COPY (${query}) TO ${quoted(draft)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await publishDraft(draft, file);
    return (await stat(file)).size;
  } catch (reason) {
    throw toPathError(reason, file);
  }
}

/**
 * Removes what the manifest does not name: files of steps that a crash cut off before their commit,
 * whose rows are still in their table, and files whose rows are back in it or were dropped.
 */
export async function sweepTrashFolder(store: Store): Promise<void> {
  await store.write(
    async (connection) => {
      const rows = await connection.query('SELECT file FROM retention_trash');
      const known = new Set(rows.map((row) => row['file'] as string));
      for (const name of await filesIn(store.work.trash)) {
        if (!known.has(name)) await rm(path.join(store.work.trash, name), { force: true });
      }
    },
    { alone: true, frees: 'disk' },
  );
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw reason;
  }
}
