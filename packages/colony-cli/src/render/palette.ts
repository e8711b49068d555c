import picocolors from 'picocolors';

/** Colour functions; all of them return their input when colours are off. */
export type Palette = ReturnType<typeof picocolors.createColors>;

/** What decides whether colours are used. */
export interface ColorSituation {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False when `--no-color` was given. */
  readonly wanted: boolean;
}

/**
 * Whether to print colours: only on a terminal, and never against `--no-color`, `NO_COLOR` or
 * `TERM=dumb`. `FORCE_COLOR` (not `0`) turns them on for a pipe.
 *
 * Source: https://no-color.org, https://force-color.org.
 */
export function wantsColor({ isTTY, env, wanted }: ColorSituation): boolean {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}

/** The colour functions for one run of a command. */
export function createPalette(enabled: boolean): Palette {
  return picocolors.createColors(enabled);
}
