import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessExit, ProcessHarness, TempDir } from '@coral/testkit';
import { cleanEnv, onTestEnd, spawnProcess, useTempDir } from '@coral/testkit';
import type { RunFile } from '../src/colony/run-file.js';

/** The built command. */
export const coralPath = fileURLToPath(new URL('../dist/bin/coral.js', import.meta.url));

/** What a finished command left. */
export interface CoralResult {
  readonly code: ProcessExit['code'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a command of a test runs. */
export interface CoralOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** A colony in the foreground of a test. */
export interface StartedColony {
  readonly process: ProcessHarness;
  readonly run: RunFile;
}

/** A machine with an empty home, a project folder, and the built `coral`. */
export interface CoralWorld {
  readonly dir: TempDir;
  /** The empty home directory. */
  readonly home: string;
  /** The folder commands run in. */
  readonly project: string;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: CoralOptions): Promise<CoralResult>;
  /** Runs a command that must succeed, and gives what it printed, parsed. `--json` is added. */
  json<T>(args: readonly string[], options?: CoralOptions): Promise<T>;
  /** Starts a command and returns at once. */
  spawn(args: readonly string[], options?: CoralOptions): Promise<ProcessHarness>;
  /** Makes a colony and gives its id. */
  init(app?: string, args?: readonly string[]): Promise<string>;
  /** Starts a colony on free ports and returns when it is ready. */
  start(args?: readonly string[], options?: CoralOptions): Promise<StartedColony>;
  /** The environment of its commands. */
  env(set?: Readonly<Record<string, string>>): Record<string, string>;
}

/**
 * Gives each test a machine of its own: nothing of the developer's colonies is seen or touched, and
 * colonies left running in the background are ended.
 */
export function useCoral(): CoralWorld {
  if (!existsSync(coralPath)) {
    throw new Error(`${coralPath} is not built. Run: npx nx run colony-cli:bundle`);
  }
  const dir = useTempDir();
  const home = () => dir.file('home');
  const project = () => dir.file('project');
  const env = (set: Readonly<Record<string, string>> = {}) => cleanEnv({ home: home(), set });

  async function spawn(args: readonly string[], options: CoralOptions = {}) {
    await mkdir(home(), { recursive: true });
    await mkdir(project(), { recursive: true });
    onTestEnd(() => endColonies(join(home(), '.coral', 'run')));
    return await spawnProcess({
      command: process.execPath,
      args: [coralPath, ...args],
      cwd: options.cwd ?? project(),
      env: env(options.env),
      ...(options.input === undefined ? {} : { input: options.input }),
    });
  }

  async function run(args: readonly string[], options: CoralOptions = {}): Promise<CoralResult> {
    const child = await spawn(args, options);
    const { code } = await child.waitForExit({ timeoutMs: options.timeoutMs ?? 30_000 });
    return { code, stdout: child.stdout, stderr: child.stderr };
  }

  async function json<T>(args: readonly string[], options: CoralOptions = {}): Promise<T> {
    const { code, stdout, stderr } = await run([...args, '--json'], options);
    if (code !== 0) throw new Error(`coral ${args.join(' ')} exited with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  return {
    dir,
    get home() {
      return home();
    },
    get project() {
      return project();
    },
    run,
    json,
    spawn,
    env,
    async init(app = 'shop', args = []) {
      const { colony_id } = await json<{ colony_id: string }>(['init', app, ...args]);
      return colony_id;
    },
    async start(args = [], options = {}) {
      const ports = ['--port', '0', '--otlp-http-port', 'off', '--otlp-grpc-port', 'off'];
      const child = await spawn(['colony', 'start', '--json', ...ports, ...args], options);
      const text = await child.waitForOutput(/^\{\n[\s\S]*?\n\}\n/, { stream: 'stdout' });
      return { process: child, run: JSON.parse(text[0]) as RunFile };
    },
  };
}

/** Ends what `--detach` left in the background. */
function endColonies(runDirectory: string): void {
  if (!existsSync(runDirectory)) return;
  for (const name of readdirSync(runDirectory)) {
    if (!name.endsWith('.json')) continue;
    const { pid } = JSON.parse(readFileSync(join(runDirectory, name), 'utf8')) as RunFile;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}
