import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { requireNew } from '../files/publish-file.js';
import { requireRoom } from '../files/require-room.js';
import type { Side } from '../lifecycle/side-connection.js';
import { schemaVersion } from '../migrations/index.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { writeBackupFile } from './backup-file.js';
import { readBackupKey, type BackupKey } from './backup-key.js';
import { copyDatabase } from './copy-database.js';
import type { BackupManifest } from './manifest.js';

export interface BackupOptions extends TaskOptions {
  /** The file to make. */
  readonly output: string;
  /** Whether a file that is there may be replaced; default false. */
  readonly overwrite?: boolean | undefined;
  /** Encrypts the backup (AES-256-GCM); default not. */
  readonly key?: BackupKey | undefined;
  /** What the program that asks calls its own version; goes to the manifest. Default `unknown`. */
  readonly coralVersion?: string | undefined;
}

export interface BackupResult {
  /** Absolute. */
  readonly output: string;
  readonly encrypted: boolean;
  readonly manifest: BackupManifest;
  readonly durationMs: number;
}

/** Writes one file that holds the database as it is in one moment, while others go on writing. */
export async function backup(
  store: Store,
  side: Side,
  options: BackupOptions,
): Promise<BackupResult> {
  const startedAt = performance.now();
  const { overwrite = false, coralVersion = 'unknown', onProgress = () => undefined } = options;
  const output = path.resolve(options.output);
  const key = await readBackupKey(options.key);
  if (!overwrite) await requireNew(output);
  await requireRoom(path.dirname(store.path), store.path);
  await requireRoom(path.dirname(output), store.path);
  const work = await store.work.file(`backup-${randomUUID()}.duckdb`);
  const createdAt = store.now().toISOString();
  const { timeRange, ...copy } = await copyDatabase(
    side,
    { source: store.path, target: work },
    onProgress,
  );
  try {
    const manifest = await writeBackupFile(
      output,
      work,
      {
        format: 'coral-backup',
        formatVersion: 1,
        colonyId: store.colonyId,
        createdAt,
        coralVersion,
        schemaVersion,
        ...copy,
        timeRange: timeRange
          ? { from: timeRange.from.toISOString(), to: timeRange.to.toISOString() }
          : null,
      },
      { key, overwrite, signal: side.signal, onProgress },
    );
    const durationMs = performance.now() - startedAt;
    const { sizeBytes } = manifest;
    store.logger.info({ output, sizeBytes, encrypted: key !== undefined, durationMs }, 'backed up');
    return { output, encrypted: key !== undefined, manifest, durationMs };
  } finally {
    await rm(work, { force: true });
  }
}
