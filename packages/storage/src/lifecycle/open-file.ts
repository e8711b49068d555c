import { rename, rm, stat } from 'node:fs/promises';
import type { Connection } from '../duckdb/connection.js';
import { applySettings, Instance, lockSettings, type InstanceOptions } from '../duckdb/instance.js';
import { migrate } from '../migrations/migrate.js';
import { migrations } from '../migrations/index.js';
import { indexDefinitions } from '../schema/indexes.js';
import { auditIndexes } from './audit-indexes.js';
import { acquireLock, type Lock } from './lock.js';
import type { RecoveryReport } from './recovery-report.js';
import { checkDatabaseFile } from './storage-directory.js';
import { emptyWorkFolder, workFolder } from './work-folder.js';

/** A database file, open and ready: locked, replayed, checkpointed, audited, migrated. */
export interface OpenFile {
  readonly instance: Instance;
  /** The one connection that writes. */
  readonly writer: Connection;
  readonly lock: Lock;
  readonly recovery: RecoveryReport;
}

/**
 * Opens the file by the protocol that DuckDB needs to keep its indexes right over crashes:
 * own lock, header, open, settings, CHECKPOINT, audit after an unclean stop, migrate.
 *
 * The reverse is {@link closeFile}. What fails half-way is undone.
 */
export async function openFile(
  path: string,
  options: InstanceOptions,
  now: () => number,
): Promise<OpenFile> {
  const startedAt = now();
  const lock = await acquireLock(path);
  let instance: Instance | undefined;
  let isNew = false;
  try {
    const walBytes = await sizeOf(`${path}.wal`);
    const isClean = lock.leftBehind === undefined && walBytes === 0;
    if (lock.leftBehind?.state === 'creating') await removeUnborn(path);
    isNew = !(await checkDatabaseFile(path));
    if (isNew) {
      // A log without its database belongs to a file that was moved away: it must not be mixed in.
      if (walBytes > 0) await rename(`${path}.wal`, `${path}.wal.orphan`);
      await lock.mark('creating');
    }
    const work = workFolder(path);
    await emptyWorkFolder(work);
    instance = await Instance.open(path, options);
    const writer = await instance.connect();
    await applySettings(writer);
    if (!isNew) await writer.execute('CHECKPOINT');
    const audit = isClean || isNew ? undefined : await auditIndexes(writer, await existing(writer));
    const migrationsApplied = await migrate(writer, migrations, new Date(now()));
    if (isNew) await writer.execute('CHECKPOINT');
    await lockSettings(writer, [work.path, work.trash]);
    if (isNew) await lock.mark('open');
    const previousPid = lock.leftBehind?.pid;
    const recovery: RecoveryReport = {
      clean: isClean,
      ...(previousPid ? { previousPid } : {}),
      walBytes,
      indexesChecked: audit?.checked ?? 0,
      indexesRepaired: audit?.repaired ?? [],
      migrationsApplied,
      durationMs: now() - startedAt,
    };
    return { instance, writer, lock, recovery };
  } catch (reason) {
    instance?.close();
    if (isNew) await removeUnborn(path);
    await letGo(lock).catch(() => undefined); // The first error leads.
    throw reason;
  }
}

/**
 * Closes by the same protocol: CHECKPOINT, connections, instance, lock. When the CHECKPOINT fails,
 * everything is closed all the same and the lock keeps a mark, so that the next opener audits.
 */
export async function closeFile({ instance, writer, lock }: OpenFile): Promise<void> {
  let failure: unknown;
  try {
    await writer.execute('CHECKPOINT');
  } catch (reason) {
    failure = reason;
  }
  writer.close();
  instance.close();
  if (failure === undefined) {
    await lock.releaseClean();
    return;
  }
  await lock.releaseUnclean();
  throw failure;
}

/** A failed open leaves the mark that it found; a first one leaves none but an unborn file's. */
async function letGo(lock: Lock): Promise<void> {
  if (lock.leftBehind) await lock.releaseUnclean();
  else await lock.releaseClean();
}

/** Its creator died before the schema stood: nothing in it was ever acknowledged. */
async function removeUnborn(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

/** The definitions whose tables exist: a file from before a migration lacks some. */
async function existing(writer: Connection) {
  const rows = await writer.query('SELECT table_name FROM duckdb_tables()');
  const tables = new Set(rows.map((row) => row['table_name']));
  return indexDefinitions.filter(({ table }) => tables.has(table));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw reason;
  }
}
