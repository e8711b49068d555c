import { access } from 'node:fs/promises';
import { createColonyId } from './colony-id.js';
import type { ColonyId } from './colony-id.js';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';
import { makePrivateDirectory } from './make-directory.js';
import { coloniesPath, colonyConfigPath } from './paths.js';
import type { RandomBytes } from './random-bytes.js';
import { createWireguardKeys } from './wireguard-keys.js';
import { writeFileAtomic } from './write-file-atomic.js';

const SECRET_BYTES = 32;
/** Ids differ in 24 random bits; that five in a row are taken means `random` repeats itself. */
const MAX_ATTEMPTS = 5;
const DEVELOPMENT = new Set(['dev', 'development']);

export interface CreateColonyOptions {
  /** The application's name as people write it: `My Shop`. */
  readonly app: string;
  /** The environment's name. `dev` and `development` make a development colony. */
  readonly environment: string;
  /** As in the colony's file: absolute, or relative to the project. Default `.coral`. */
  readonly storagePath?: string | undefined;
  /** See `resolveBaseDir`; created (0700) when missing. */
  readonly baseDir: string;
  readonly random: RandomBytes;
}

export interface CreateColonyResult {
  readonly colonyId: ColonyId;
  /** The file that was written. */
  readonly file: string;
}

/**
 * Makes a colony: a fresh id, secret and WireGuard key pair, written to
 * `<baseDir>/colonies/<id>.yaml`.
 *
 * The file is complete or not there; 0600 in a directory 0700. A development colony takes telemetry
 * from its own machine without a token, which its file says. Nothing else is changed: see
 * `setDefaultColony` and `writeProjectConfig`.
 *
 * @throws {ConfigError} `CONFIG_COLONY_ID_INVALID` for names without letters or digits,
 *   `CONFIG_INVALID_VALUE` for a storage path or name that could not be read back,
 *   `CONFIG_UNWRITABLE`
 */
export async function createColony(options: CreateColonyOptions): Promise<CreateColonyResult> {
  const { baseDir } = options;
  const colonyId = await freeColonyId(options);
  const file = colonyConfigPath(baseDir, colonyId);
  const { colonyDocument } = await import('./colony-document.js');
  const text = colonyDocument({
    colonyId,
    applicationName: options.app,
    environment: options.environment,
    colonySecret: Buffer.from(options.random(SECRET_BYTES)).toString('hex'),
    wireguard: createWireguardKeys(options.random),
    storagePath: options.storagePath ?? '.coral',
    development: DEVELOPMENT.has(options.environment.trim().toLowerCase()),
  });
  await makePrivateDirectory(coloniesPath(baseDir));
  await writeFileAtomic(file, text, { mode: 0o600 });
  return { colonyId, file };
}

async function freeColonyId(options: CreateColonyOptions): Promise<ColonyId> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const colonyId = createColonyId(options);
    if (!(await exists(colonyConfigPath(options.baseDir, colonyId)))) return colonyId;
  }
  throw new TypeError('random keeps returning the bytes of colonies that exist already');
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (cause) {
    if (errnoCode(cause) === 'ENOENT') return false;
    throw new ConfigError(
      'CONFIG_UNWRITABLE',
      `Cannot write ${file}: ${errnoCode(cause) ?? String(cause)}. Check the directories above it.`,
      { cause, details: { file } },
    );
  }
}
