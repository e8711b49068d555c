import { isAbsolute, join, resolve } from 'node:path';

export interface ExpandPathOptions {
  /** Absolute; what a relative path is relative to. */
  readonly from: string;
  /** What a leading `~` stands for. */
  readonly homeDir: string;
}

/**
 * An absolute path from one as written in a file, where no shell has expanded its `~/`.
 */
export function expandPath(path: string, { from, homeDir }: ExpandPathOptions): string {
  if (path === '~') return homeDir;
  if (/^~[/\\]/.test(path)) return join(homeDir, path.slice(2));
  return isAbsolute(path) ? resolve(path) : resolve(from, path);
}
