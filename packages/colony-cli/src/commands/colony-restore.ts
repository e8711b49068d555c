import { resolve } from 'node:path';
import { backupKey } from '../backup-key.js';
import { stoppedColony } from '../colony/stopped-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderObject } from '../render/render.js';
import { formatBytes, formatDuration } from '../render/units.js';
import { withProgress } from '../render/with-progress.js';

/** `coral colony restore` */
export interface ColonyRestoreInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly input: string;
  readonly keyFile?: string;
}

/** Puts a backup in the place of a stopped colony's file. */
export async function colonyRestore(
  context: CommandContext,
  input: ColonyRestoreInput,
): Promise<number> {
  const { io } = context;
  const { storage, colonyId } = await stoppedColony(context, input.colony);
  const key = backupKey(context, input.keyFile);
  const { restoreDatabase } = await import('@coral/storage');
  const { path, manifest, replaced, durationMs } = await withProgress(context, (options) =>
    restoreDatabase({
      storagePath: storage.path,
      colonyId,
      input: resolve(io.cwd, input.input),
      key,
      now: io.now,
      ...options,
    }),
  );
  await renderObject(context, {
    fields: [
      ['restored', path],
      ['from', `colony ${manifest.colonyId}, made ${manifest.createdAt}`],
      ['size', formatBytes(manifest.sizeBytes)],
      ['replaced', replaced ?? 'nothing was there'],
      ['took', formatDuration(durationMs)],
    ],
    json: {
      path,
      colony_id: colonyId,
      replaced: replaced ?? null,
      duration_ms: Math.round(durationMs),
      manifest: manifest as unknown as JsonObject,
    },
  });
  return exitCodes.ok;
}
