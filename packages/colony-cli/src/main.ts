#!/usr/bin/env node
import type * as Crypto from 'node:crypto';
import { homedir } from 'node:os';
import type { Io, StopSignal } from './io.js';
import { quickAnswer } from './quick-answer.js';

// Filled in by the bundler: package.json's version, and the help text.
declare const CORAL_VERSION: string;
declare const CORAL_HELP: string | undefined;

// DuckDB waits in libuv's threads: a writer, two readers, a backup and the summariser would fill all four
// of them, and files would wait. Read once, when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '8';

const argv = process.argv.slice(2);
const answer = quickAnswer(argv, { version: CORAL_VERSION, help: CORAL_HELP });
if (answer === undefined) void runCommand();
else process.stdout.write(answer);

async function runCommand(): Promise<void> {
  const { runCli } = await import('./run-cli.js');
  const exitCode = await runCli(argv, createIo());
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(exitCode);
}

function createIo(): Io {
  return {
    version: CORAL_VERSION,
    env: process.env,
    cwd: process.cwd(),
    homeDir: homedir(),
    // Opened by those who read it: opening it costs, and can fail.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    outputClosed: watchOutput(),
    now: Date.now,
    // Loaded by those who need it: most commands finish sooner than it loads.
    randomBytes: (size) => {
      const { randomBytes } = process.getBuiltinModule('node:crypto') as typeof Crypto;
      return randomBytes(size);
    },
    process: {
      pid: process.pid,
      platform: process.platform,
      execPath: process.execPath,
      entryPath: process.argv[1]!,
      kill: (pid, signal) => void process.kill(pid, signal),
      onSignal: (signal: StopSignal, listener) => {
        process.on(signal, listener);
        return () => process.off(signal, listener);
      },
      onUncaught: (listener) => {
        process.on('uncaughtException', listener);
        return () => process.off('uncaughtException', listener);
      },
      exitNow: (code) => process.exit(code),
    },
  };
}

/** Nobody reading any more (`coral … | head`) is no error: commands stop by the signal. */
function watchOutput(): AbortSignal {
  const closed = new AbortController();
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed.abort();
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
  return closed.signal;
}

/** Resolves when everything written so far has left this process, or nobody takes it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writable) stream.write('', () => resolve());
    else resolve();
  });
}
