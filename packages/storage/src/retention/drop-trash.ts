import type { Store } from '../store.js';
import { sweepTrashFolder } from './trash-folder.js';

/** What was dropped for good. */
export interface DroppedTrash {
  readonly files: number;
  readonly bytes: number;
}

/** Drops what was deleted before a time, and files of steps that never came to their commit. */
export async function dropTrashBefore(store: Store, before: Date): Promise<DroppedTrash> {
  const dropped = await store.write(
    async (connection) => {
      const [sum] = await connection.query(
        `SELECT count(*) AS files, coalesce(sum(bytes), 0)::BIGINT AS bytes
         FROM retention_trash WHERE deleted_at < ?`,
        [before],
      );
      await connection.run('DELETE FROM retention_trash WHERE deleted_at < ?', [before]);
      return { files: sum!['files'] as number, bytes: sum!['bytes'] as number };
    },
    { alone: true, frees: 'disk' },
  );
  await sweepTrashFolder(store);
  return dropped;
}

/** Drops the oldest files until at most `bytes` are left. */
export async function shrinkTrash(store: Store, bytes: number): Promise<DroppedTrash> {
  const [found] = await store.readers().query(
    `SELECT max(deleted_at) AS upto FROM (
       SELECT deleted_at, sum(bytes) OVER (ORDER BY deleted_at DESC, file) AS kept FROM retention_trash
     ) WHERE kept > ?`,
    [bytes],
  );
  const upto = found?.['upto'] as Date | undefined;
  if (!upto) return { files: 0, bytes: 0 };
  return dropTrashBefore(store, new Date(upto.getTime() + 1));
}
