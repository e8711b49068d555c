#!/usr/bin/env node
import type * as Crypto from 'node:crypto';
import module from 'node:module';
import { homedir } from 'node:os';
import type { Io, StopSignal } from './io.js';

/** Filled in by the bundler from package.json. */
declare const CORAL_VERSION: string | undefined;

// Kept compiled code saves parsing at the next run (Node 22.1 and newer); imports come after it.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const outputClosed = new AbortController();

// Nobody reads any more (`coral … | head`): not an error, commands stop by the signal.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  outputClosed.abort();
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const io: Io = {
  version: typeof CORAL_VERSION === 'string' ? CORAL_VERSION : '0.0.0-unbundled',
  env: process.env,
  cwd: process.cwd(),
  homeDir: homedir(),
  // Opened by those who read it: opening it costs, and can fail.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  outputClosed: outputClosed.signal,
  now: Date.now,
  // Loaded by those who need it: half of the commands finish sooner than it loads.
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

const { runCli } = await import('./run-cli.js');
const exitCode = await runCli(process.argv.slice(2), io);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(exitCode);

/** Resolves when everything written so far has left this process, or nobody takes it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) return resolve();
    stream.write('', () => resolve());
  });
}
