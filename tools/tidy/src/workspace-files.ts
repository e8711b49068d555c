import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url)).replace(
  /\/$/,
  '',
);

// What .gitignore names; read here rather than asked of git, because an unpacked archive of the
// sources has no repository and is to be just as tidy.
const IGNORED_FOLDERS = new Set([
  '.coral',
  '.git',
  '.nx',
  '.peers',
  'coverage',
  'dist',
  'node_modules',
  'out-tsc',
  'results',
  'test-output',
]);
// In a worktree of git .git is a file, which names its repository.
const IGNORED_FILES = /^\.git$|\.(tsbuildinfo|tgz|log)$/;

/** A file of the workspace that a person wrote or a commit holds. */
export interface WorkspaceFile {
  /** From the workspace's root, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly text: () => string;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly description?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Every file of the workspace, ordered by path, without what builds and tools leave behind. */
export const workspaceFiles: readonly WorkspaceFile[] = [...walk('')];

/** The publishable packages' folders, such as `packages/storage`. */
export const packageFolders: readonly string[] = workspaceFiles
  .filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path))
  .map(({ path }) => path.replace('/package.json', ''));

export function filesIn(folder: string, pattern: RegExp): WorkspaceFile[] {
  return workspaceFiles.filter(({ path }) => path.startsWith(`${folder}/`) && pattern.test(path));
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(workspaceRoot, folder, 'package.json'), 'utf8')) as Manifest;
}

function* walk(folder: string): Generator<WorkspaceFile> {
  const entries = readdirSync(join(workspaceRoot, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const absolute = join(workspaceRoot, path);
    if (entry.isDirectory()) {
      if (!IGNORED_FOLDERS.has(entry.name)) yield* walk(path);
    } else if (entry.isFile() && !IGNORED_FILES.test(entry.name)) {
      const { size } = statSync(absolute);
      yield { path, sizeBytes: size, text: () => readFileSync(absolute, 'utf8') };
    }
  }
}
