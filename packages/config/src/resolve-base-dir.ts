import type { ConfigContext } from './base-directory.js';

/**
 * Coral's base directory alone, for programs that make or list colonies: the flag `config`, else
 * `CORAL_CONFIG`, else `~/.coral`. It need not exist yet.
 *
 * Shape: absolute.
 *
 * @throws {ConfigError} `CONFIG_BASE_INVALID` when something else than a directory stands there;
 *   `CONFIG_INVALID_VALUE` or `CONFIG_COLONY_ID_INVALID` for a wrong variable or flag
 */
export async function resolveBaseDir(context: ConfigContext): Promise<string> {
  const { findBaseDirectory } = await import('./base-directory.js');
  return findBaseDirectory(context);
}
