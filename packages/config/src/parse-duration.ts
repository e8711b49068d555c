const DURATION = /^(\d+(?:\.\d+)?)\s*([smhdwy])$/;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/**
 * Milliseconds of a duration with its unit such as `30d` or `1.5h`; `undefined` when it is none.
 *
 * A number without a unit is none: `30` would be seconds to one reader and days to the next.
 *
 * Units: s, m (minutes), h, d (24 hours), w, y (365 days); lower case, since M means months elsewhere.
 * Shape: whole milliseconds, rounded down, at most `Number.MAX_SAFE_INTEGER`.
 */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  const factor = MS_PER_UNIT[match?.[2] ?? ''];
  if (match === null || factor === undefined) return undefined;
  const ms = Math.floor(Number(match[1]) * factor);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
