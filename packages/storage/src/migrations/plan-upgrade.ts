import { existsSync } from 'node:fs';
import path from 'node:path';
import { databasePath } from '../database-path.js';
import { roomFor } from '../files/require-room.js';
import { closeFile, openFile } from '../lifecycle/open-file.js';
import { defaultOptions } from '../open-options.js';
import { StorageError } from '../storage-error.js';
import { schemaVersion } from './index.js';
import { upgradeBackupPath } from './upgrade-backup.js';

/** What opening a file with `migrate: 'apply'` would do to its schema. */
export interface UpgradePlan {
  readonly path: string;
  /** Of the file. */
  readonly from: number;
  /** Of this release. */
  readonly to: number;
  /** In order; [] when the file is current. */
  readonly migrations: readonly {
    readonly version: number;
    readonly name: string;
    readonly statements: number;
  }[];
  /** Where the file is copied to first. Absent when nothing is to be done. */
  readonly backup?: string;
  /** Room that the upgrade needs beside the file; 0 when nothing is to be done. bytes */
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/**
 * Says what an upgrade of a stopped colony's file would do, and changes nothing of its schema.
 *
 * Opens the file, as every reader of it has to: after an unclean stop it is recovered.
 *
 * @throws {StorageError} as `openDatabase`, and `STORAGE_NOT_A_DATABASE` when there is no file
 */
export async function planUpgrade(where: {
  readonly storagePath: string;
  readonly colonyId: string;
}): Promise<UpgradePlan> {
  const file = databasePath(where.storagePath, where.colonyId);
  if (!existsSync(file)) throw noFile(file);
  const opened = await openFile(file, { ...defaultOptions, migrate: 'leave' }, Date.now);
  const { pending } = opened;
  await closeFile(opened);
  const { neededBytes, freeBytes } = await roomFor(path.dirname(file), file);
  return {
    path: file,
    from: schemaVersion - pending.length,
    to: schemaVersion,
    migrations: pending.map(({ version, name, statements }) => ({
      version,
      name,
      statements: statements.length,
    })),
    ...(pending[0] ? { backup: upgradeBackupPath(file, pending[0].version) } : {}),
    neededBytes: pending.length > 0 ? neededBytes : 0,
    freeBytes,
  };
}

function noFile(file: string): StorageError {
  return new StorageError(
    'STORAGE_NOT_A_DATABASE',
    `There is no database ${file}. Start the colony once: it makes one.`,
    { details: { path: file } },
  );
}
