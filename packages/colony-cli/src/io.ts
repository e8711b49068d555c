/** What a command writes to; a terminal, a pipe or a buffer in a test. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Returns false when the reader is slower than the writer; `drain` follows. */
  write(text: string | Uint8Array): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** What a command reads from: chunks of text, and whether a person types them. */
export interface InputStream extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean | undefined;
}

/** Signals a colony answers to. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The operating system's view of this process and of others. */
export interface ProcessPort {
  readonly pid: number;
  readonly platform: string;
  /** The Node binary, to start this program again in the background. */
  readonly execPath: string;
  /** This program's own script. */
  readonly entryPath: string;
  /** Sends a signal; 0 only asks whether the process exists. Throws what Node throws. */
  kill(pid: number, signal: StopSignal | 'SIGKILL' | 0): void;
  /** Calls `listener` at every signal until the returned function is called. */
  onSignal(signal: StopSignal, listener: () => void): () => void;
  /** Calls `listener` for errors nobody caught until the returned function is called. */
  onUncaught(listener: (error: unknown) => void): () => void;
  /** Ends the process at once, without closing anything. */
  exitNow(code: number): void;
}

/**
 * The world as a command sees it.
 *
 * `main.ts` makes one from `process`; specs make one from buffers. Nothing else in this package
 * reads the environment, the clock, randomness or a stream by itself.
 */
export interface Io {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted when nobody reads standard output any more (`coral sql … | head`). */
  readonly outputClosed: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Cryptographically strong random bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly process: ProcessPort;
}
