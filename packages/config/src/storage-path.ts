import { expandPath } from './expand-path.js';
import { mergedValue } from './merge-tiers.js';
import type { MergedSettings } from './merge-tiers.js';

export interface StoragePathOptions {
  readonly projectDir: string | undefined;
  readonly cwd: string;
  readonly homeDir: string;
}

/**
 * The absolute storage directory.
 *
 * A relative path is relative to the project, whoever wrote it, so that one project has one
 * database whichever of its directories a command is run in; without a project, to the working
 * directory.
 *
 * Source: RFD 010, "Storage Path Resolution Examples".
 */
export function storagePath(
  merged: MergedSettings,
  { projectDir, cwd, homeDir }: StoragePathOptions,
): string {
  return expandPath(mergedValue(merged, 'storage.path')!, { from: projectDir ?? cwd, homeDir });
}
