import type { ConfigContext } from './base-directory.js';
import type { ResolvedConfig } from './resolved-config.js';

/**
 * The configuration that holds here and now.
 *
 * Every value is decided by itself: flag, environment, project, colony, global, default. All files
 * are checked in full, also what is overridden; nothing is written.
 *
 * Cost: loads the YAML and schema libraries at the first call, so that programs which never ask pay
 * nothing.
 *
 * @throws {ConfigError} `CONFIG_NO_COLONY` when no colony is configured at all,
 *   `CONFIG_COLONY_AMBIGUOUS` when several are and none is named, `CONFIG_COLONY_UNKNOWN` when the
 *   named one has no file, and the other codes of `docs/errors.md` for what is wrong in a file, a
 *   variable or a flag
 * @example
 * const config = await resolveConfig({ cwd: process.cwd(), env: process.env, homeDir: homedir() });
 * config.storage.databasePath; // '/srv/shop/.coral/my-shop-production-0977e1.duckdb'
 */
export async function resolveConfig(context: ConfigContext): Promise<ResolvedConfig> {
  const { loadTiers } = await import('./load-tiers.js');
  const { buildConfig } = await import('./build-config.js');
  return buildConfig(await loadTiers(context), context);
}
