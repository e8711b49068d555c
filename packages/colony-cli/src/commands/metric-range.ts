import { CliError } from '../cli-error.js';
import { parseSince } from '../parse-since.js';

/**
 * The range that `--from` and `--to` mean.
 *
 * @param agoMs how far back it goes when `--from` is not given
 * @throws {CliError} `CLI_USAGE` when a time cannot be read, or the range is empty
 */
export function metricRange(
  input: { readonly from?: string | undefined; readonly to?: string | undefined },
  { nowMs, agoMs }: { readonly nowMs: number; readonly agoMs: number },
): { from: Date; to: Date } {
  const to = input.to === undefined ? new Date(nowMs) : parseSince(input.to, nowMs);
  const from =
    input.from === undefined ? new Date(to.getTime() - agoMs) : parseSince(input.from, nowMs);
  if (from < to) return { from, to };
  throw new CliError('CLI_USAGE', '--from must be before --to.', {
    hint: 'Both take 15m, 2h or 7d for "so long ago", or a time such as 2026-01-31T12:00:00Z.',
  });
}
