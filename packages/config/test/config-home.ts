import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { useTempDir } from '@coral/testkit';
import type { ConfigContext } from '../src/index.js';

export const COLONY = 'alex-dev-0977e1';
export const SECRET_LINE = 'colony_secret: 0123456789abcdef0123456789abcdef\n';

export interface ConfigHome {
  readonly homeDir: string;
  readonly baseDir: string;
  readonly projectDir: string;
  /** A path inside the temporary directory that holds all three. */
  file(...segments: string[]): string;
  /** What to resolve with; the working directory is the project's unless given. */
  context(changes?: Partial<ConfigContext>): ConfigContext;
  writeGlobal(text: string): Promise<string>;
  /** 0600, with the secret every colony needs in front of the text. */
  writeColony(id: string, text?: string): Promise<string>;
  writeProject(text: string): Promise<string>;
  write(file: string, text: string, mode?: number): Promise<string>;
}

/** A home and a project beside it, in a temporary directory of the running test. */
export function useConfigHome(): ConfigHome {
  const dir = useTempDir();
  const write = async (file: string, text: string, mode = 0o644): Promise<string> => {
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  };
  return {
    get homeDir() {
      return dir.file('home');
    },
    get baseDir() {
      return dir.file('home', '.coral');
    },
    get projectDir() {
      return dir.file('project');
    },
    file: (...segments) => dir.file(...segments),
    context: (changes = {}) => ({
      cwd: dir.file('project'),
      env: {},
      homeDir: dir.file('home'),
      ...changes,
    }),
    writeGlobal: (text) => write(dir.file('home', '.coral', 'config.yaml'), text),
    writeColony: (id, text = '') =>
      write(dir.file('home', '.coral', 'colonies', `${id}.yaml`), SECRET_LINE + text, 0o600),
    writeProject: (text) => write(dir.file('project', '.coral', 'config.yaml'), text),
    write,
  };
}
