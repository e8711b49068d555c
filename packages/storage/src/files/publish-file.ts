import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { toPathError } from '../lifecycle/path-error.js';
import { StorageError } from '../storage-error.js';
import { syncDirectory } from './sync-directory.js';

export interface PublishOptions {
  /** Whether a file that is there may be replaced. */
  readonly overwrite: boolean;
  /** Looks at the complete draft before it gets its name. */
  readonly check?: (draft: string) => Promise<void>;
}

/**
 * Makes a file that is there whole or not at all: written as `{output}.partial`, brought to the
 * disk, and only then given its name. Readable by its owner alone.
 *
 * @throws {StorageError} `STORAGE_OUTPUT_EXISTS`, `STORAGE_DISK_FULL`, `STORAGE_PATH_…`
 */
export async function publishFile(
  output: string,
  { overwrite, check }: PublishOptions,
  write: (draft: FileHandle) => Promise<void>,
): Promise<void> {
  const draft = `${output}.partial`;
  try {
    await writeDraft(draft, write);
    await check?.(draft);
    if (overwrite) await rename(draft, output);
    else await renameToNew(draft, output);
    await syncDirectory(path.dirname(output));
  } catch (reason) {
    await rm(draft, { force: true });
    throw toPathError(reason, output);
  }
}

/** Before long work: what would be refused at its end. @throws {StorageError} `STORAGE_OUTPUT_EXISTS` */
export async function requireNew(output: string): Promise<void> {
  try {
    await stat(output);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw toPathError(reason, output);
  }
  throw alreadyThere(output);
}

async function writeDraft(
  draft: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(draft, 'w', 0o600);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A link is refused where the name is taken; a rename would replace what has it. */
async function renameToNew(draft: string, output: string): Promise<void> {
  try {
    await link(draft, output);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyThere(output);
    // File systems without links: FAT, some network shares.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw reason;
    await requireNew(output);
    await rename(draft, output);
    return;
  }
  await rm(draft);
}

function alreadyThere(output: string): StorageError {
  return new StorageError(
    'STORAGE_OUTPUT_EXISTS',
    `There is a file already: ${output}. Choose another name, or ask to overwrite it.`,
    { details: { path: output } },
  );
}
