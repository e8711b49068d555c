import { stat } from 'node:fs/promises';
import { defaultSettings } from './default-settings.js';
import { envOverrides } from './env-overrides.js';
import type { Environment } from './env-overrides.js';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';
import { expandPath } from './expand-path.js';
import { flagOverrides } from './flag-overrides.js';
import type { ConfigFlags } from './flag-overrides.js';
import { mergeTiers } from './merge-tiers.js';

/** The world a configuration is resolved in; nothing else of it is looked at, except files. */
export interface ConfigContext {
  /** Absolute. Where the search for a project begins. */
  readonly cwd: string;
  /** `CORAL_…` variables; others are ignored. */
  readonly env: Environment;
  /** Absolute. Holds `.coral` unless `CORAL_CONFIG` or a flag names another base directory. */
  readonly homeDir: string;
  readonly flags?: ConfigFlags | undefined;
  /** Default: this machine's. On `win32` file modes are not checked. */
  readonly platform?: NodeJS.Platform | undefined;
}

/**
 * The directory that holds the global file and the colonies' secrets: the flag `--config`, else
 * `CORAL_CONFIG`, else `~/.coral`. It need not exist yet.
 *
 * Shape: absolute; a relative one is relative to the working directory.
 *
 * @throws {ConfigError} `CONFIG_BASE_INVALID` when something else than a directory stands there
 */
export async function findBaseDirectory(context: ConfigContext): Promise<string> {
  const merged = mergeTiers([
    flagOverrides(context.flags ?? {}),
    envOverrides(context.env),
    defaultSettings(),
  ]);
  const written = String(merged.get('base_dir')!.value);
  const baseDir = expandPath(written, { from: context.cwd, homeDir: context.homeDir });
  await requireDirectoryOrNothing(baseDir);
  return baseDir;
}

async function requireDirectoryOrNothing(baseDir: string): Promise<void> {
  try {
    if ((await stat(baseDir)).isDirectory()) return;
  } catch (cause) {
    if (errnoCode(cause) === 'ENOENT') return;
    throw baseInvalid(baseDir, errnoCode(cause) ?? String(cause), cause);
  }
  throw baseInvalid(baseDir, 'it is not a directory');
}

function baseInvalid(baseDir: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    'CONFIG_BASE_INVALID',
    `Cannot use ${baseDir} as Coral's base directory: ${why}. ` +
      'Remove what is there, or name another directory with CORAL_CONFIG.',
    { cause, details: { file: baseDir } },
  );
}
