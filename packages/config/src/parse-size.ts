const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)$/i;

/** The units DuckDB accepts for `memory_limit`, with its meaning: MB is decimal, MiB is binary. */
const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Bytes of a size with its unit such as `512MB` or `1.5 GiB`; `undefined` when it is none.
 *
 * A number without a unit is none: `512` would be bytes to us and megabytes to its author.
 *
 * Units: B, KB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of 1024), any case.
 * Shape: whole bytes, rounded down, at most `Number.MAX_SAFE_INTEGER`.
 */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  const factor = BYTES_PER_UNIT[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || factor === undefined) return undefined;
  const bytes = Math.floor(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
