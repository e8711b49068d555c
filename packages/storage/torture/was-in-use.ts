import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether a killed writer had the colony's file in use for certain, so that the next start must
 * notice the kill.
 *
 * A writer that compacts first has it not in use before and afterwards, until it opens it again: a
 * kill then leaves a file that was closed in order. In between there is the copy that becomes the new
 * file. The lock is not asked: whether it is there at the right times is what is tried.
 *
 * @param output what the writer said; `ready` once it had opened the file
 */
export function wasInUse(directory: string, colonyId: string, output: string): boolean {
  if (/^ready /m.test(output)) return true;
  return existsSync(path.join(directory, `${colonyId}.work`, 'compact.duckdb'));
}
