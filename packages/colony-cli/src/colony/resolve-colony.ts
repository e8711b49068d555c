import type { ConfigFlags, ResolvedConfig } from '@coral/config';
import { resolveBaseDir, resolveConfig } from '@coral/config';
import type { CommandContext } from '../command-context.js';

/**
 * The configuration of the colony this command is about.
 *
 * `flags` are the command's own; a colony named there wins over the global `--colony`.
 *
 * @throws {ConfigError} as `resolveConfig`, such as `CONFIG_NO_COLONY` and `CONFIG_COLONY_UNKNOWN`.
 */
export async function resolveColony(
  context: CommandContext,
  flags: ConfigFlags = {},
): Promise<ResolvedConfig> {
  return await resolveConfig(configContext(context, flags));
}

/** The world as `@coral/config` wants it. */
export function configContext({ io, globals }: CommandContext, flags: ConfigFlags = {}) {
  const { cwd, env, homeDir } = io;
  return { cwd, env, homeDir, flags: { ...flags, colony: flags.colony ?? globals.colony } };
}

/** The base directory, for commands that need no colony. */
export async function resolveBase(context: CommandContext): Promise<string> {
  return await resolveBaseDir(configContext(context));
}
