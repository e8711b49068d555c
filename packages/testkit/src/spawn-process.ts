import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasRunnerHooks, onTestEnd } from './cleanup.js';
import { guardAgainstOrphan } from './orphan-guard.js';

const DEFAULT_TIMEOUT_MS = 20_000;
// After its exit a child's output normally ends at once. It does not when a grandchild inherited it.
const OUTPUT_GRACE_MS = 1_000;
const EXCERPT_LENGTH = 4_000;

export interface SpawnProcessOptions {
  /** Program to run, found through `PATH`; no shell is involved. */
  readonly command: string;
  readonly args?: readonly string[];
  /**
   * The child's whole environment, see `cleanEnv`. Default: that of this process, except that
   * nothing asks for colours: task runners do (`FORCE_COLOR`), and a test reads plain text.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: that of this process. */
  readonly cwd?: string;
  /** Text for standard input. Default: none; the child reads the end of input at once. */
  readonly input?: string;
  /** Leaves standard input open for {@link ProcessHarness.write}. Default false. */
  readonly keepInputOpen?: boolean;
  /**
   * Starts the child in a process group of its own and sends every signal to the whole group: for
   * wrappers such as `npx` that start the real program. Default false. Not on Windows.
   */
  readonly group?: boolean;
}

export interface WaitOptions {
  /** Milliseconds after which to give up. Default 20000. */
  readonly timeoutMs?: number;
}

export interface WaitForOutputOptions extends WaitOptions {
  /** Where to look. Default `both`, in order of arrival. */
  readonly stream?: 'stdout' | 'stderr' | 'both';
  /** Number of characters to skip, such as `child.output.length`. Default 0. */
  readonly from?: number;
}

/** How a process ended: one of the two is null. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running child and what it has said so far. */
export interface ProcessHarness extends AsyncDisposable {
  readonly pid: number;
  /** Standard output so far, as UTF-8 text. */
  readonly stdout: string;
  /** Standard error so far, as UTF-8 text. */
  readonly stderr: string;
  /** Both, in order of arrival. */
  readonly output: string;
  /** How it ended, or undefined while it runs. */
  readonly exit: ProcessExit | undefined;
  /**
   * Waits until the output matches, and gives the match; or until the function returns something
   * other than `false`, `null` and `undefined`, and gives that.
   *
   * @throws {Error} when the process ends first or the time is over; the message shows the output
   */
  waitForOutput(pattern: RegExp, options?: WaitForOutputOptions): Promise<RegExpExecArray>;
  waitForOutput<T>(
    find: (text: string) => T,
    options?: WaitForOutputOptions,
  ): Promise<Exclude<T, false | null | undefined>>;
  /**
   * Waits until the process has ended and its output is complete.
   *
   * @throws {Error} when the time is over; the process goes on until the test ends
   */
  waitForExit(options?: WaitOptions): Promise<ProcessExit>;
  /** Sends a signal. False when the process has ended. */
  signal(signal: NodeJS.Signals): boolean;
  /** Sends SIGKILL, which no process can catch, and waits for the end. */
  kill9(): Promise<ProcessExit>;
  /** Sends SIGTERM and waits for the end, like {@link waitForExit}. */
  terminate(options?: WaitOptions): Promise<ProcessExit>;
  /** Writes to standard input; needs `keepInputOpen`. */
  write(text: string): void;
  /** Ends standard input. */
  endInput(): void;
}

/**
 * Starts a real process for a test and collects what it writes.
 *
 * The child never outlives the test: it is killed when the test that started it is over, passed
 * or failed, or when the file is over if it was started in `beforeAll`; at the end of its
 * `await using` block; and when this process itself is killed.
 *
 * @throws {Error} when the program cannot be started; its `code` is the system's, such as `ENOENT`
 * @example
 * const child = await spawnProcess({ command: process.execPath, args: ['server.js'] });
 * const [, port] = await child.waitForOutput(/listening on (\d+)/);
 * await child.kill9();
 */
export async function spawnProcess(options: SpawnProcessOptions): Promise<ProcessHarness> {
  const { command, args = [], group = false } = options;
  const child = spawn(command, args, {
    env: options.env ?? environmentWithoutColors(),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    detached: group,
    windowsHide: true,
  });
  const title = [command, ...args].join(' ');

  let stdout = '';
  let stderr = '';
  let output = '';
  let exit: ProcessExit | undefined;
  const watchers = new Set<() => void>();
  const notify = (): void => watchers.forEach((watcher) => watcher());

  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
    notify();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    output += text;
    notify();
  });
  // A child may end without reading its input; that is its right and no failure of the test.
  child.stdin.on('error', () => {});
  const outputEnd = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      void Promise.race([outputEnd, sleep(OUTPUT_GRACE_MS, undefined, { ref: false })]).then(() => {
        exit = { code, signal };
        resolve(exit);
        notify();
      });
    });
  });

  await once(child, 'spawn'); // Rejects with the child's 'error'.
  const pid = child.pid!;
  const target = group ? -pid : pid;
  const release = guardAgainstOrphan(target);
  child.once('exit', release);

  const send = (signal: NodeJS.Signals): boolean => {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver && !group) return false; // Its number may belong to another process by now.
    try {
      return process.kill(target, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  };

  const failure = (what: string): Error =>
    new Error(`${title} (pid ${pid}) ${what}. It wrote:\n${output.slice(-EXCERPT_LENGTH)}`);

  /** Checks now and after every change, until there is a value, the end, or no time left. */
  function waitFor<T>(what: string, timeoutMs: number, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        watchers.delete(watcher);
        action();
      };
      const watcher = (): void => {
        try {
          const value = look();
          if (value !== undefined) settle(() => resolve(value));
          else if (exit)
            settle(() => reject(failure(`ended ${describeExit(exit!)} before ${what}`)));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => settle(() => reject(failure(`did not reach ${what} within ${timeoutMs} ms`))),
        timeoutMs,
      );
      watchers.add(watcher);
      watcher();
    });
  }

  const harness: ProcessHarness = {
    pid,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    get output() {
      return output;
    },
    get exit() {
      return exit;
    },
    waitForOutput<T>(
      pattern: RegExp | ((text: string) => T),
      { timeoutMs = DEFAULT_TIMEOUT_MS, stream = 'both', from = 0 }: WaitForOutputOptions = {},
    ): Promise<never> {
      const find = pattern instanceof RegExp ? matcher(pattern) : pattern;
      const look = (): unknown => {
        const text = stream === 'both' ? output : stream === 'stdout' ? stdout : stderr;
        const found = find(text.slice(from));
        return found === false || found === null ? undefined : found;
      };
      const what = pattern instanceof RegExp ? `the output ${pattern}` : 'the expected output';
      return waitFor(what, timeoutMs, look) as Promise<never>;
    },
    waitForExit: ({ timeoutMs = DEFAULT_TIMEOUT_MS } = {}) =>
      waitFor('its end', timeoutMs, () => exit),
    signal: send,
    kill9() {
      send('SIGKILL');
      return exited;
    },
    terminate(waitOptions) {
      send('SIGTERM');
      return harness.waitForExit(waitOptions);
    },
    write(text) {
      child.stdin.write(text);
    },
    endInput() {
      child.stdin.end();
    },
    async [Symbol.asyncDispose]() {
      await harness.kill9();
    },
  };

  if (options.input !== undefined) child.stdin.write(options.input);
  if (!options.keepInputOpen) child.stdin.end();
  if (hasRunnerHooks()) onTestEnd(() => harness[Symbol.asyncDispose]());
  return harness;
}

function environmentWithoutColors(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['FORCE_COLOR'];
  return env;
}

function matcher(pattern: RegExp): (text: string) => RegExpExecArray | null {
  // Without the flags that make a RegExp remember where it stopped.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (text) => stateless.exec(text);
}

function describeExit({ code, signal }: ProcessExit): string {
  return signal ? `by ${signal}` : `with code ${code}`;
}
