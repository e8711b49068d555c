import { randomUUID } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import path from 'node:path';
import { requireRoom } from '../files/require-room.js';
import { publishDraft } from '../files/publish-draft.js';
import { toPathError } from '../lifecycle/path-error.js';
import type { Side } from '../lifecycle/side-connection.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { copyDatabase } from './copy-database.js';

export interface SnapshotResult {
  /** `{colony_id}.snapshot.duckdb` beside the database, absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** It holds what was acknowledged before. */
  readonly createdAt: Date;
  readonly durationMs: number;
}

/** Where {@link snapshot} publishes a database: `{colony_id}.snapshot.duckdb`. */
export function snapshotPath(databasePath: string): string {
  const { dir, name, ext } = path.parse(databasePath);
  return path.join(dir, `${name}.snapshot${ext}`);
}

/**
 * Publishes the database as it is in one moment for other programs, and replaces the snapshot before
 * in one step. Who has that one open goes on reading it.
 */
export async function snapshot(
  store: Store,
  side: Side,
  { onProgress = () => undefined }: TaskOptions,
): Promise<SnapshotResult> {
  const startedAt = performance.now();
  const target = snapshotPath(store.path);
  await requireRoom(path.dirname(store.path), store.path);
  const work = await store.work.file(`snapshot-${randomUUID()}.duckdb`);
  const createdAt = store.now();
  const { sizeBytes } = await copyDatabase(side, { source: store.path, target: work }, onProgress);
  try {
    await chmod(work, 0o644);
    // Of a tool that wrote into the last snapshot: beside this one it would be mixed into it.
    await rm(`${target}.wal`, { force: true });
    await publishDraft(work, target);
  } catch (reason) {
    await rm(work, { force: true });
    throw toPathError(reason, target);
  }
  const durationMs = performance.now() - startedAt;
  store.logger.info({ path: target, sizeBytes, durationMs }, 'snapshot published');
  return { path: target, sizeBytes, createdAt, durationMs };
}
