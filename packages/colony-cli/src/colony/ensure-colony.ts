import type { ConfigFlags, ResolvedConfig } from '@coral/config';
import { createColony, resolveBaseDir, writeProjectConfig } from '@coral/config';
import { basename, join } from 'node:path';
import { isCodedError } from '../coded-error.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../render/write.js';
import { resolveColony } from './resolve-colony.js';

/**
 * The configuration of the colony to start; when there is no colony at all, of a new one for
 * development.
 *
 * A first start should not need a manual: it makes what it needs and says what, where, and how to
 * remove it. A colony that was named and does not exist is never made, because a mistyped id would
 * look like lost data.
 */
export async function ensureColony(
  context: CommandContext,
  flags: ConfigFlags,
): Promise<ResolvedConfig> {
  try {
    return await resolveColony(context, flags);
  } catch (error) {
    if (!isCodedError(error) || error.code !== 'CONFIG_NO_COLONY') throw error;
  }
  const colony = await createDevelopmentColony(context);
  await write(context.io.stderr, colony.notice);
  return await resolveColony(context, { ...flags, colony: colony.colonyId });
}

interface DevelopmentColony {
  readonly colonyId: string;
  readonly notice: string;
}

async function createDevelopmentColony(context: CommandContext): Promise<DevelopmentColony> {
  const { io } = context;
  const { cwd, env, homeDir } = io;
  const baseDir = await resolveBaseDir({ cwd, env, homeDir });
  // In a home directory `.coral` is the base directory itself.
  const storagePath =
    join(cwd, '.coral') === baseDir ? join(baseDir, 'storage') : join(cwd, '.coral');
  const { colonyId, file } = await createColony({
    app: hasLetterOrDigit(basename(cwd)) ? basename(cwd) : 'coral',
    environment: 'dev',
    storagePath,
    baseDir,
    random: io.randomBytes,
  });
  const made = [file];
  if (join(cwd, '.coral') !== baseDir) {
    const project = await writeProjectConfig({ projectDir: cwd, colonyId, baseDir, homeDir });
    made.push(project.file);
  }
  const lines = [
    `No colony is configured, so one for development was made: ${colonyId}`,
    '  It takes telemetry from this machine without a token; questions always need it.',
    ...made.map((path) => `  wrote   ${path}`),
    `  data    ${join(storagePath, `${colonyId}.duckdb`)}`,
    `  remove  stop it, then delete these files`,
  ];
  return { colonyId, notice: `${lines.join('\n')}\n` };
}

/** As `createColony` needs it, after its own normalisation. */
function hasLetterOrDigit(name: string): boolean {
  return /[a-z0-9]/i.test(name.normalize('NFKD'));
}
