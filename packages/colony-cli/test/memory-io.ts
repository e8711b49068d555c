import { EventEmitter } from 'node:events';
import type { Io, StopSignal } from '../src/io.js';

/** An {@link Io} of buffers, and what happened to it. */
export interface MemoryIo extends Io {
  readonly written: { stdout: string; stderr: string };
  /** Delivers a signal, an uncaught error, or the end of the reader, as the system would. */
  readonly deliver: {
    signal(signal: StopSignal): void;
    uncaught(error: unknown): void;
    outputClosed(): void;
  };
  /** Codes with which the process was ended at once. */
  readonly exits: number[];
}

/** The parts of the world a spec wants to be special. */
export interface MemoryIoOptions {
  readonly cwd: string;
  readonly homeDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly now?: () => number;
}

/** Makes a world of buffers in which a spec runs commands without a process of their own. */
export function memoryIo(options: MemoryIoOptions): MemoryIo {
  const { isTTY = false, stdin = '', now = Date.now } = options;
  const written = { stdout: '', stderr: '' };
  const events = new EventEmitter();
  const closed = new AbortController();
  const exits: number[] = [];
  const on = (name: string) => (listener: (value?: unknown) => void) => {
    events.on(name, listener);
    return () => void events.off(name, listener);
  };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns: 100,
    write(text: string | Uint8Array) {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    },
    once: () => undefined,
  });
  let counter = 0;
  return {
    version: '1.2.3',
    env: options.env ?? {},
    cwd: options.cwd,
    homeDir: options.homeDir,
    stdin: Object.assign(chunks(stdin), { isTTY: isTTY && stdin === '' }),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    outputClosed: closed.signal,
    now,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => (counter += 37) % 256),
    process: {
      pid: process.pid,
      platform: process.platform,
      execPath: process.execPath,
      entryPath: '/nowhere/coral.js',
      kill: (pid, signal) => void process.kill(pid, signal),
      onSignal: (signal, listener) => on(signal)(listener),
      onUncaught: (listener) => on('uncaught')(listener),
      exitNow: (code) => void exits.push(code),
    },
    written,
    exits,
    deliver: {
      signal: (signal) => void events.emit(signal),
      uncaught: (error) => void events.emit('uncaught', error),
      outputClosed: () => closed.abort(),
    },
  };
}

async function* chunks(text: string): AsyncGenerator<string> {
  if (text !== '') yield text;
}
