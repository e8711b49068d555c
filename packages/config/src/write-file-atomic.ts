import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';

export interface WriteFileAtomicOptions {
  /** Mode of a new file; an existing one keeps its own. */
  readonly mode: number;
}

/**
 * Writes a file so that a reader, or a crash, finds the old content or the new, never a part.
 *
 * The text goes into a new file beside the target, reaches the disk, and is then renamed over it.
 * A symbolic link stays one: what it points at is replaced.
 *
 * @throws {ConfigError} `CONFIG_UNWRITABLE`
 */
export async function writeFileAtomic(
  file: string,
  text: string,
  { mode }: WriteFileAtomicOptions,
): Promise<void> {
  try {
    const target = await linkTarget(file);
    await replace(target, text, { mode, keep: await existingMode(target) });
  } catch (cause) {
    throw new ConfigError(
      'CONFIG_UNWRITABLE',
      `Cannot write ${file}: ${errnoCode(cause) ?? String(cause)}. ` +
        'Check the permissions of its directory and the space on its disk.',
      { cause, details: { file } },
    );
  }
}

interface Modes {
  readonly mode: number;
  /** Mode of the file that is replaced; the new one gets exactly this, whatever the umask. */
  readonly keep: number | undefined;
}

async function replace(target: string, text: string, modes: Modes): Promise<void> {
  const directory = dirname(target);
  // The name only has to be free; it is gone again before this returns.
  const temporary = join(directory, `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await writeThrough(temporary, text, modes);
    await rename(temporary, target);
  } catch (reason) {
    await rm(temporary, { force: true });
    throw reason;
  }
  await syncDirectory(directory);
}

/** Created with its final mode: there is no moment at which others could open it. */
async function writeThrough(file: string, text: string, { mode, keep }: Modes): Promise<void> {
  const handle = await open(file, 'wx', keep ?? mode);
  try {
    if (keep !== undefined) await handle.chmod(keep);
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable. Windows and some network file systems cannot open a directory. */
async function syncDirectory(directory: string): Promise<void> {
  let handle;
  try {
    handle = await open(directory, 'r');
    await handle.sync();
  } catch (reason) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(errnoCode(reason) ?? '')) {
      throw reason;
    }
  } finally {
    await handle?.close();
  }
}

async function linkTarget(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (reason) {
    if (errnoCode(reason) === 'ENOENT') return file;
    throw reason;
  }
}

async function existingMode(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (reason) {
    if (errnoCode(reason) === 'ENOENT') return undefined;
    throw reason;
  }
}
