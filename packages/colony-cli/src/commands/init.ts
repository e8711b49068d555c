import {
  createColony,
  explainConfig,
  listColonies,
  setDefaultColony,
  writeProjectConfig,
} from '@coral/config';
import { join } from 'node:path';
import { configContext, resolveBase } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderDone } from '../render/render.js';

/** `coral init` */
export interface InitInput extends Record<string, unknown> {
  readonly app: string;
  readonly env: string;
  readonly storagePath: string;
}

/** Makes a colony and ties this folder to it. */
export async function init(context: CommandContext, input: InitInput): Promise<number> {
  const { io } = context;
  const baseDir = await resolveBase(context);
  // A home directory cannot be a project: its `.coral` is the base directory.
  const isProject = join(io.cwd, '.coral') !== baseDir;
  const before = isProject ? await colonyOfProject(context) : undefined;
  const isFirst = (await listColonies({ baseDir })).length === 0;
  const { colonyId, file } = await createColony({
    app: input.app,
    environment: input.env,
    storagePath: input.storagePath,
    baseDir,
    random: io.randomBytes,
  });
  const project = isProject
    ? await writeProjectConfig({ projectDir: io.cwd, colonyId, baseDir, homeDir: io.homeDir })
    : undefined;
  const global = isFirst || !isProject ? await setDefaultColony({ baseDir, colonyId }) : undefined;
  const lines = [
    `Made colony ${colonyId}.`,
    `  identity  ${file} (holds secrets, keep it to yourself)`,
    ...(project === undefined ? [] : [`  project   ${project.file}`]),
    ...(global === undefined ? [] : [`  default   ${global.file}`]),
    ...(before === undefined
      ? []
      : [`This folder had another colony, which stays: coral --colony ${before} status`]),
    'Start it: coral colony start',
  ];
  await renderDone(context, {
    text: lines.join('\n'),
    json: {
      colony_id: colonyId,
      config_file: file,
      project_file: project?.file ?? null,
      default: global !== undefined,
      replaced: before ?? null,
    },
  });
  return exitCodes.ok;
}

/** The colony that this folder's own file names. */
async function colonyOfProject(context: CommandContext): Promise<string | undefined> {
  const [row] = await explainConfig({ ...configContext(context), key: 'colony_id' });
  const file = join(context.io.cwd, '.coral', 'config.yaml');
  const named = [row!, ...row!.overrode].find(
    ({ source }) => source.tier === 'project' && source.file === file,
  );
  return named?.value === undefined ? undefined : String(named.value);
}
