import { platform as currentPlatform } from 'node:os';
import { findBaseDirectory } from './base-directory.js';
import type { ConfigContext } from './base-directory.js';
import { chooseColony } from './choose-colony.js';
import type { ColonyChoice } from './choose-colony.js';
import { defaultSettings } from './default-settings.js';
import { envOverrides, envWarnings } from './env-overrides.js';
import { findProject } from './find-project.js';
import { flagOverrides } from './flag-overrides.js';
import { listColonies } from './list-colonies.js';
import { mergeTiers } from './merge-tiers.js';
import type { MergedSettings, SettingLayer } from './merge-tiers.js';
import { colonyConfigPath, globalConfigPath, projectConfigPath } from './paths.js';
import { readColonyTier, readTier } from './read-tier.js';
import { unknownColony } from './unknown-colony.js';

/** All tiers, read and merged. */
export interface LoadedTiers {
  readonly baseDir: string;
  readonly projectDir: string | undefined;
  readonly choice: ColonyChoice;
  readonly merged: MergedSettings;
  readonly warnings: readonly string[];
}

/**
 * Reads every tier there is and merges them.
 *
 * That no colony could be chosen is part of the result, not an error: explaining a configuration is
 * most useful exactly then.
 *
 * @throws {ConfigError} when any tier is wrong, or the chosen colony has no file
 */
export async function loadTiers(context: ConfigContext): Promise<LoadedTiers> {
  const platform = context.platform ?? currentPlatform();
  const baseDir = await findBaseDirectory(context);
  const projectDir = await findProject({ ...context, baseDir });
  const flags = flagOverrides(context.flags ?? {});
  const environment = envOverrides(context.env);
  const project: SettingLayer =
    projectDir === undefined
      ? new Map()
      : await readTier({ tier: 'project', file: projectConfigPath(projectDir), platform });
  const global = await readTier({ tier: 'global', file: globalConfigPath(baseDir), platform });
  const known = (await listColonies({ baseDir })).map(({ colonyId }) => colonyId);
  const choice = chooseColony({
    strongestFirst: [flags, environment, project, global],
    known,
    baseDir,
  });
  const colony = await readChosenColony(choice, { baseDir, known, platform });
  const chosenByDefault = choice.kind === 'only' ? choice.layer : new Map();
  return {
    baseDir,
    projectDir,
    choice,
    merged: mergeTiers([
      flags,
      environment,
      project,
      colony,
      global,
      chosenByDefault,
      defaultSettings(),
    ]),
    warnings: envWarnings(context.env),
  };
}

interface ReadChosenOptions {
  readonly baseDir: string;
  readonly known: readonly string[];
  readonly platform: NodeJS.Platform;
}

async function readChosenColony(
  choice: ColonyChoice,
  { baseDir, known, platform }: ReadChosenOptions,
): Promise<SettingLayer> {
  if (choice.kind === 'none') return new Map();
  const { colonyId } = choice;
  const file = colonyConfigPath(baseDir, colonyId);
  const layer = await readColonyTier({ colonyId, file, platform });
  if (layer !== undefined) return layer;
  throw unknownColony({ ...choice, file, known });
}
