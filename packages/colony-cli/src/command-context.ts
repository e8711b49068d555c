import type { Io } from './io.js';
import type { Palette } from './render/palette.js';

/** Options every command takes, before or after its name. */
export interface GlobalOptions {
  /** Colony id given on the command line; wins over every other source. */
  readonly colony?: string | undefined;
  /** Print JSON on standard output instead of text for people. */
  readonly json: boolean;
  /** Say on standard error what is being done, also when it is not a terminal. */
  readonly verbose: boolean;
}

/** What a command works with: the world, the options all commands share, the colours. */
export interface CommandContext {
  readonly io: Io;
  readonly globals: GlobalOptions;
  readonly palette: Palette;
}
