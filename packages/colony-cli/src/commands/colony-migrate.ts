import type { UpgradePlan } from '@coral/storage';
import { existsSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderObject } from '../render/render.js';
import { formatBytes } from '../render/units.js';

/** `coral colony migrate` */
export interface ColonyMigrateInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly plan?: boolean;
  readonly apply?: boolean;
}

/** Where the file is, once it is sure that nobody works with it. */
interface Where {
  readonly storagePath: string;
  readonly colonyId: string;
}

/** Says what an upgrade of a stopped colony's file would do, or does it. */
export async function colonyMigrate(
  context: CommandContext,
  { colony, plan, apply }: ColonyMigrateInput,
): Promise<number> {
  if (plan && apply) {
    throw new CliError('CLI_USAGE', 'Give --plan or --apply, not both.');
  }
  const where = await requireStopped(context, colony);
  const { planUpgrade } = await import('@coral/storage');
  const planned = await planUpgrade(where);
  if (apply && planned.migrations.length > 0) await upgrade(context, where, planned);
  else await showPlan(context, planned);
  return exitCodes.ok;
}

/** An upgrade needs the file for itself, so a running colony is not asked but refused. */
async function requireStopped(context: CommandContext, colony?: string): Promise<Where> {
  const { baseDir, colonyId, storage } = await resolveColony(context, { colony });
  const presence = await findRunningColony(baseDir, colonyId, context.io.process);
  if (presence.state === 'running') {
    const { pid } = presence.run;
    throw new CliError('CLI_COLONY_RUNNING', `Colony ${colonyId} runs (pid ${pid}).`, {
      hint: 'Its file has the schema of the release that runs it. Stop it first: coral colony stop',
      details: { pid },
    });
  }
  if (!existsSync(storage.databasePath)) {
    throw new CliError(
      'CLI_NO_DATABASE',
      `Colony ${colonyId} has no database yet: ${storage.databasePath}`,
      { hint: 'Start it once: coral colony start' },
    );
  }
  return { storagePath: storage.path, colonyId };
}

async function showPlan(context: CommandContext, plan: UpgradePlan): Promise<void> {
  const { path, from, to, migrations, backup, neededBytes, freeBytes } = plan;
  await renderObject(context, {
    fields: [
      ['file', path],
      ['schema', migrations.length === 0 ? `${from}, current` : `${from}, this release has ${to}`],
      ...migrations.map(
        ({ version, name, statements }) =>
          [`migration ${version}`, `${name}, ${statements} statements`] as const,
      ),
      ...(backup === undefined
        ? []
        : ([
            ['copy', backup],
            ['needs', `${formatBytes(neededBytes)} of ${formatBytes(freeBytes)} free`],
            ['do it', 'coral colony migrate --apply'],
          ] as const)),
    ],
    json: {
      path,
      from,
      to,
      migrations: migrations.map((migration) => ({ ...migration })),
      backup: backup ?? null,
      needed_bytes: neededBytes,
      free_bytes: freeBytes,
      applied: false,
    },
  });
}

async function upgrade(context: CommandContext, where: Where, plan: UpgradePlan): Promise<void> {
  const { openDatabase } = await import('@coral/storage');
  const database = await openDatabase({ ...where, migrate: 'apply' });
  await database.close();
  const { migrationsApplied, upgradeBackup } = database.recovery;
  await renderObject(context, {
    fields: [
      ['file', database.path],
      ['schema', `${plan.to}, was ${plan.from}`],
      ['copy', upgradeBackup ?? 'none'],
    ],
    json: {
      path: database.path,
      from: plan.from,
      to: plan.to,
      migrations: plan.migrations
        .filter(({ version }) => migrationsApplied.includes(version))
        .map((migration) => ({ ...migration })),
      backup: upgradeBackup ?? null,
      applied: true,
    },
  });
}
