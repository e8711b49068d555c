import { existsSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import { stoppedColony } from '../colony/stopped-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderObject } from '../render/render.js';
import { formatBytes, formatDuration } from '../render/units.js';
import { withProgress } from '../render/with-progress.js';

/** `coral colony compact` */
export interface ColonyCompactInput extends Record<string, unknown> {
  readonly colony?: string;
}

/** Gives the space of deleted rows back to the disk. */
export async function colonyCompact(
  context: CommandContext,
  input: ColonyCompactInput,
): Promise<number> {
  const { storage, colonyId } = await stoppedColony(context, input.colony);
  if (!existsSync(storage.databasePath)) {
    throw new CliError(
      'CLI_NO_DATABASE',
      `Colony ${colonyId} has no database yet: ${storage.databasePath}`,
      { hint: 'Start it once: coral colony start' },
    );
  }
  const { compactDatabase } = await import('@coral/storage');
  const { memoryLimitBytes, threads } = storage;
  const { path, bytesBefore, bytesAfter, durationMs } = await withProgress(context, (options) =>
    compactDatabase({ storagePath: storage.path, colonyId, memoryLimitBytes, threads, ...options }),
  );
  await renderObject(context, {
    fields: [
      ['file', path],
      ['before', formatBytes(bytesBefore)],
      ['after', formatBytes(bytesAfter)],
      ['took', formatDuration(durationMs)],
    ],
    json: {
      path,
      colony_id: colonyId,
      bytes_before: bytesBefore,
      bytes_after: bytesAfter,
      duration_ms: Math.round(durationMs),
    },
  });
  return exitCodes.ok;
}
