import { chmod, mkdir, stat } from 'node:fs/promises';
import { errnoCode } from './errno.js';
import { ConfigError } from './errors.js';

/**
 * Makes a directory, and those above it, unless they exist.
 *
 * @throws {ConfigError} `CONFIG_UNWRITABLE`
 */
export async function makeDirectory(directory: string, mode: number): Promise<void> {
  await orUnwritable(directory, () => mkdir(directory, { recursive: true, mode }));
}

/**
 * Makes a directory that only its owner can look into, and takes it back from others when it was
 * open to them before.
 *
 * @throws {ConfigError} `CONFIG_UNWRITABLE`
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await orUnwritable(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { mode } = await stat(directory);
    if ((mode & 0o077) !== 0) await chmod(directory, 0o700);
  });
}

async function orUnwritable(directory: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new ConfigError(
      'CONFIG_UNWRITABLE',
      `Cannot make the directory ${directory}: ${errnoCode(cause) ?? String(cause)}. ` +
        'Check what stands there and the permissions of the directory above.',
      { cause, details: { file: directory } },
    );
  }
}
