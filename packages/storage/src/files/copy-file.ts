import { constants } from 'node:fs';
import { copyFile as copy, rm } from 'node:fs/promises';
import { publishDraft } from './publish-draft.js';

/**
 * Copies a file so that `to` is either as before or whole, and on the disk. Shares blocks where the
 * file system can.
 *
 * Never for a database that is open in this process: closing a descriptor of it drops its lock.
 */
export async function copyFile(from: string, to: string): Promise<void> {
  const draft = `${to}.partial`;
  try {
    await copy(from, draft, constants.COPYFILE_FICLONE);
    await publishDraft(draft, to);
  } catch (reason) {
    await rm(draft, { force: true });
    throw reason;
  }
}
