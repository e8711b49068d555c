import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';
import { shellQuote } from './shell-quote.js';

/** No configuration is this large; a file that is was named by mistake. */
const MAX_BYTES = 1024 * 1024;
const FOR_GROUP_AND_OTHERS = 0o077;
const WRITABLE_BY_GROUP_OR_OTHERS = 0o022;

export interface ReadConfigFileOptions {
  /** Whether the file holds secrets, which nobody but its owner may be able to read. */
  readonly secret: boolean;
  /** Windows has no mode bits to judge; there the check is left out. */
  readonly platform: NodeJS.Platform;
}

/**
 * The text of a configuration file, or `undefined` when there is no such file.
 *
 * Permissions are read from the opened file, so what was checked is what is read.
 *
 * @throws {ConfigError} `CONFIG_SECRET_EXPOSED` when others can read the secrets in it, or replace
 *   the file; `CONFIG_UNREADABLE` when it cannot be read, is no regular file or is beyond 1 MiB;
 *   `CONFIG_SYNTAX` when it is not UTF-8
 */
export async function readConfigFile(
  file: string,
  { secret, platform }: ReadConfigFileOptions,
): Promise<string | undefined> {
  try {
    // Opening a named pipe waits for its writer, so the kind is looked at first.
    if (!(await stat(file)).isFile()) throw unreadable(file, 'it is not a regular file');
    const handle = await open(file, 'r');
    try {
      if (secret && platform !== 'win32') await refuseExposed(file, handle);
      return decode(file, await readAll(file, handle));
    } finally {
      await handle.close();
    }
  } catch (reason) {
    if (reason instanceof ConfigError) throw reason;
    if (errnoCode(reason) === 'ENOENT') return undefined;
    throw unreadable(file, errnoCode(reason) ?? String(reason), reason);
  }
}

async function refuseExposed(file: string, handle: FileHandle): Promise<void> {
  const { mode } = await handle.stat();
  if ((mode & FOR_GROUP_AND_OTHERS) !== 0) {
    throw exposed(file, `chmod 600 ${shellQuote(file)}`, mode, 'is open to other users');
  }
  const directory = dirname(file);
  const { mode: directoryMode } = await stat(directory);
  if ((directoryMode & WRITABLE_BY_GROUP_OR_OTHERS) !== 0) {
    throw exposed(
      directory,
      `chmod 700 ${shellQuote(directory)}`,
      directoryMode,
      'lets other users replace files',
    );
  }
}

function exposed(path: string, command: string, mode: number, what: string): ConfigError {
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  return new ConfigError(
    'CONFIG_SECRET_EXPOSED',
    `${path} holds a colony's secrets but ${what} (mode ${octal}). ` +
      `Run: ${command}   If someone may have read it, make a new colony.`,
    { details: { file: path } },
  );
}

async function readAll(file: string, handle: FileHandle): Promise<Uint8Array> {
  const { size } = await handle.stat();
  if (size > MAX_BYTES) throw unreadable(file, `it is larger than ${MAX_BYTES} bytes`);
  return handle.readFile();
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('CONFIG_SYNTAX', `${file} is not UTF-8 text. Save it as UTF-8.`, {
      cause,
      details: { file },
    });
  }
}

function unreadable(file: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    'CONFIG_UNREADABLE',
    `Cannot read ${file}: ${why}. Check that it is a file you may read.`,
    { cause, details: { file } },
  );
}
