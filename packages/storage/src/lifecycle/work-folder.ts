import { mkdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { toPathError } from './path-error.js';

/**
 * The folders beside the database file in which DuckDB itself may read and write files while
 * everything else on the disk is closed to it. The database file is in none of them.
 */
export interface WorkFolder {
  /** `{colony_id}.work`: files of tasks that run now; emptied at every start. */
  readonly path: string;
  /** `{colony_id}.trash`: what retention took out, until it is dropped for good. */
  readonly trash: string;
  /** Makes the work folder where it is missing. @returns the path of a file in it */
  file(name: string): Promise<string>;
}

export function workFolder(databasePath: string): WorkFolder {
  const stem = databasePath.slice(0, -path.extname(databasePath).length);
  const folder = `${stem}.work`;
  return {
    path: folder,
    trash: `${stem}.trash`,
    async file(name) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      } catch (reason) {
        throw toPathError(reason, folder);
      }
      return path.join(folder, name);
    },
  };
}

/** Removes what tasks of a process that died left half done. */
export async function emptyWorkFolder(folder: WorkFolder): Promise<void> {
  await rm(folder.path, { recursive: true, force: true });
}

/** At an orderly stop; an export that was not taken away stays until the next start. */
export async function removeEmptyWorkFolder(folder: WorkFolder): Promise<void> {
  await rmdir(folder.path).catch(() => undefined);
}
