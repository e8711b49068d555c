import { rename, rm } from 'node:fs/promises';
import { sizeOf } from '../files/size-of.js';
import type { Connection } from '../duckdb/connection.js';
import {
  applySettings,
  attachMemory,
  Instance,
  lockSettings,
  type InstanceOptions,
} from '../duckdb/instance.js';
import { journalSize, moveJournal, removeJournal } from '../journal/journal-files.js';
import { migrations } from '../migrations/index.js';
import {
  markUpgrade,
  undoInterruptedUpgrade,
  unmarkUpgrade,
} from '../migrations/interrupted-upgrade.js';
import { migrate, readApplied } from '../migrations/migrate.js';
import type { Migration } from '../migrations/migration.js';
import { migrationPending, planMigrations } from '../migrations/plan.js';
import { dropOldUpgradeBackups, makeUpgradeBackup } from '../migrations/upgrade-backup.js';
import { replayJournal, type ReplayedJournal } from '../points/replay-journal.js';
import { indexDefinitions } from '../schema/indexes.js';
import { completeHotTier } from '../tiers/complete-hot-tier.js';
import { auditIndexes } from './audit-indexes.js';
import { acquireLock, type Lock } from './lock.js';
import { mendTornMetadata } from './mend-torn-metadata.js';
import type { RecoveryReport } from './recovery-report.js';
import { finishReplacement } from './replace-database.js';
import { explainDamagedLog, requireWholeLog } from './require-whole-log.js';
import { checkDatabaseFile } from './storage-directory.js';
import { emptyWorkFolder, workFolder } from './work-folder.js';

/** A database file, open and ready: locked, replayed, checkpointed, audited, migrated. */
export interface OpenFile {
  readonly instance: Instance;
  /** The one connection that writes. */
  readonly writer: Connection;
  readonly lock: Lock;
  readonly recovery: RecoveryReport;
  /** What was left for later: [] unless opened with `migrate: 'leave'`. */
  readonly pending: readonly Migration[];
  /** What of the journal of points is in the file; undefined while `pending` is not empty. */
  readonly journal: ReplayedJournal | undefined;
}

export interface OpenFileOptions extends InstanceOptions {
  /** What to do with an older schema: bring it up to date, fail, or open the file as it is. */
  readonly migrate: 'apply' | 'refuse' | 'leave';
  /** Default: this release's. */
  readonly migrations?: readonly Migration[];
  /** Called once, when DuckDB has begun to open the file in threads of its own. */
  readonly whileOpening?: () => void;
}

interface Session {
  readonly instance: Instance;
  readonly writer: Connection;
}

/**
 * Opens the file by the protocol that DuckDB needs to keep its indexes right over crashes:
 * own lock, header, open, settings, CHECKPOINT, audit after an unclean stop, migrate.
 *
 * An upgrade is done on a copied file: what fails or is cut off is undone by putting the copy back.
 * The reverse is {@link closeFile}. What fails half-way is undone.
 */
export async function openFile(
  path: string,
  options: OpenFileOptions,
  now: () => number,
): Promise<OpenFile> {
  const startedAt = now();
  const known = options.migrations ?? migrations;
  const lock = await acquireLock(path);
  let session: Session | undefined;
  let isNew = false;
  try {
    await finishReplacement(path);
    const upgradeUndone = await undoInterruptedUpgrade(path);
    const walBytes = await sizeOf(`${path}.wal`);
    const isClean =
      lock.leftBehind === undefined && walBytes === 0 && (await journalSize(path)) === 0;
    if (lock.leftBehind?.state === 'creating') await removeUnborn(path);
    let tornBlock: number | undefined;
    isNew = !(await checkDatabaseFile(path));
    if (isNew) {
      // A log without its database belongs to a file that was moved away: it must not be mixed in.
      if (walBytes > 0) await rename(`${path}.wal`, `${path}.wal.orphan`);
      await moveJournal(path, `${path}.orphan`);
      await lock.mark('creating');
    } else if (walBytes > 0) {
      tornBlock = await mendTornMetadata(path, await requireWholeLog(path));
    }
    const work = workFolder(path);
    await emptyWorkFolder(work);
    const opening = openSession(path, options);
    options.whileOpening?.();
    session = await opening.catch(async (reason: unknown) => {
      throw await explainDamagedLog(path, reason);
    });
    if (!isNew) {
      await session.writer.execute('CHECKPOINT');
      await completeHotTier(session.writer);
    }
    const audit =
      isClean || isNew
        ? undefined
        : await auditIndexes(session.writer, await existing(session.writer));
    const applied = await readApplied(session.writer);
    const pending = planMigrations(applied, known);
    if (pending.length > 0 && !isNew && options.migrate === 'refuse') {
      throw migrationPending(path, applied.length, known.length);
    }
    const isLeft = options.migrate === 'leave';
    const isUpgrade = pending.length > 0 && !isNew && !isLeft;
    let backup: string | undefined;
    if (isUpgrade) {
      // DuckDB has to let go meanwhile: reading its file here would drop its lock.
      closeSession(session);
      session = undefined;
      backup = await makeUpgradeBackup(path, pending[0]!.version);
      session = await openSession(path, options);
      await markUpgrade(path, backup);
    }
    const { instance, writer } = session;
    const migrationsApplied = isLeft ? [] : await migrate(writer, known, new Date(now()));
    if (isNew) await writer.execute('CHECKPOINT');
    if (isUpgrade) {
      await auditIndexes(writer, await existing(writer));
      await unmarkUpgrade(path);
      await dropOldUpgradeBackups(path);
    }
    const journal = isLeft && pending.length > 0 ? undefined : await replayJournal(path, writer);
    await attachMemory(writer);
    await lockSettings(writer, [work.path, work.trash]);
    if (isNew) await lock.mark('open');
    const previousPid = lock.leftBehind?.pid;
    const recovery: RecoveryReport = {
      clean: isClean,
      ...(previousPid ? { previousPid } : {}),
      walBytes,
      ...(tornBlock === undefined ? {} : { tornBlock }),
      journalPoints: journal?.points ?? 0,
      indexesChecked: audit?.checked ?? 0,
      indexesRepaired: audit?.repaired ?? [],
      migrationsApplied,
      ...(backup ? { upgradeBackup: backup } : {}),
      upgradeUndone,
      durationMs: now() - startedAt,
    };
    return { instance, writer, lock, recovery, pending: isLeft ? pending : [], journal };
  } catch (reason) {
    if (session) closeSession(session);
    if (isNew) await removeUnborn(path);
    // The first error leads. Where the copy cannot be put back, the mark makes the next opener do it.
    await undoInterruptedUpgrade(path).catch(() => undefined);
    await letGo(lock).catch(() => undefined);
    throw reason;
  }
}

/** Opened by DuckDB, with our settings, and nothing done to it yet. */
async function openSession(path: string, options: InstanceOptions): Promise<Session> {
  const instance = await Instance.open(path, options);
  try {
    const writer = await instance.connect();
    await applySettings(writer);
    return { instance, writer };
  } catch (reason) {
    instance.close();
    throw reason;
  }
}

function closeSession({ instance, writer }: Session): void {
  writer.close();
  instance.close();
}

/**
 * Closes by the same protocol: CHECKPOINT, connections, instance, lock. When the CHECKPOINT fails,
 * everything is closed all the same and the lock keeps a mark, so that the next opener audits.
 */
export async function closeFile(file: OpenFile): Promise<void> {
  try {
    await closeButKeepLock(file);
  } catch (reason) {
    await file.lock.releaseUnclean();
    throw reason;
  }
  await file.lock.releaseClean();
}

/** All of {@link closeFile} but the lock: nobody else comes to the file yet. */
export async function closeButKeepLock({ instance, writer }: OpenFile): Promise<void> {
  try {
    await writer.execute('CHECKPOINT');
  } finally {
    closeSession({ instance, writer });
  }
}

/** A failed open leaves the mark that it found; a first one leaves none but an unborn file's. */
export async function letGo(lock: Lock): Promise<void> {
  if (lock.leftBehind) await lock.releaseUnclean();
  else await lock.releaseClean();
}

/** Its creator died before the schema stood: nothing in it was ever acknowledged. */
export async function removeUnborn(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
  await removeJournal(path);
}

/** The definitions whose tables exist: a file from before a migration lacks some. */
async function existing(writer: Connection) {
  const rows = await writer.query('SELECT table_name FROM duckdb_tables()');
  const tables = new Set(rows.map((row) => row['table_name']));
  return indexDefinitions.filter(({ table }) => tables.has(table));
}
