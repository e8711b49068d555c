import { CliError } from './cli-error.js';

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * The moment `--since` means: `90s`, `15m`, `2h`, `7d`, `1w` before now, or an ISO 8601 time.
 *
 * A time without a zone is UTC, like every time Coral stores or prints.
 *
 * Units: nowMs milliseconds since the epoch.
 *
 * @throws {CliError} `CLI_USAGE` when the text is neither.
 */
export function parseSince(text: string, nowMs: number): Date {
  const ago = /^(\d{1,9})([smhdw])$/.exec(text.trim());
  if (ago !== null) return new Date(nowMs - Number(ago[1]) * unitMs[ago[2]!]!);
  const time = isoTime(text.trim());
  if (time !== undefined) return time;
  throw new CliError('CLI_USAGE', `Cannot read the time "${text}".`, {
    hint: 'Use 90s, 15m, 2h, 7d or 1w for "so long ago", or a time such as 2026-01-31T12:00:00Z.',
  });
}

function isoTime(text: string): Date | undefined {
  const match =
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (match === null) return undefined;
  const withZone = text.length === 10 || match[1] !== undefined ? text : `${text}Z`;
  const time = new Date(withZone.replace(' ', 'T'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
