import { CliError } from './cli-error.js';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The length of time that an option means: `15m`, `2h`, `1d`. ms
 *
 * @throws {CliError} `CLI_USAGE` for anything else
 */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d{1,6})([mhd])$/.exec(text.trim());
  if (match !== null) return Number(match[1]) * unitMs[match[2]!]!;
  throw new CliError('CLI_USAGE', `Cannot read ${option} "${text}".`, {
    hint: 'Use minutes, hours or days: 15m, 2h, 1d.',
  });
}
