import type { BackupManifest } from '@coral/storage';
import { resolve } from 'node:path';
import { backupKeyInput } from '../backup-key.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderObject } from '../render/render.js';
import { formatBytes, formatDuration } from '../render/units.js';

/** `coral colony backup` */
export interface ColonyBackupInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly output: string;
  readonly overwrite?: boolean;
  readonly keyFile?: string;
}

/** What the task answers. */
interface BackupAnswer {
  readonly output: string;
  readonly encrypted: boolean;
  readonly duration_ms: number;
  readonly manifest: BackupManifest;
}

/** Writes a backup of a colony, running or stopped. */
export async function colonyBackup(
  context: CommandContext,
  input: ColonyBackupInput,
): Promise<number> {
  const { cwd } = context.io;
  const answer = await runTask<BackupAnswer>(context, {
    name: 'backup',
    colony: input.colony,
    input: {
      output: resolve(cwd, input.output),
      overwrite: input.overwrite === true,
      ...backupKeyInput(context, input.keyFile),
    },
  });
  const { manifest } = answer;
  await renderObject(context, {
    fields: [
      ['backup', answer.output],
      ['colony', manifest.colonyId],
      ['size', `${formatBytes(manifest.sizeBytes)}${answer.encrypted ? ', encrypted' : ''}`],
      ['rows', String(countRows(manifest))],
      ['sha256', manifest.sha256],
      ['took', formatDuration(answer.duration_ms)],
    ],
    json: answer as unknown as JsonObject,
  });
  return exitCodes.ok;
}

/** Of all tables; what begins with # is a list of names. */
function countRows({ tables }: BackupManifest): number {
  return Object.entries(tables)
    .filter(([name]) => !name.startsWith('#'))
    .reduce((sum, [, { rows }]) => sum + rows, 0);
}
