/**
 * An SQL expression for a TIMESTAMP as text, exact: `2026-11-22T01:02:03.123456Z`. Years outside
 * 0000 to 9999 have a sign and six digits. Source: ISO 8601, expanded representation.
 */
export function isoTimestampSql(column: string): string {
  return `CASE
    WHEN year(${column}) BETWEEN 0 AND 9999 THEN strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')
    ELSE CASE WHEN year(${column}) < 0 THEN '-' ELSE '+' END
      || lpad(abs(year(${column}))::VARCHAR, 6, '0') || strftime(${column}, '-%m-%dT%H:%M:%S.%fZ')
    END`;
}

const pattern =
  /^(\d{4,6}|[+-]\d{1,6})-(\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|[+-]00(?::?00)?)?$/;

/**
 * Microseconds since the epoch of a time in UTC; undefined when it is none, or says another zone.
 * Takes what {@link isoTimestampSql} writes, and what DuckDB does.
 *
 * Shape: to the microsecond, as far as a Date reaches: 271,821 years before and after 1970.
 */
export function parseIsoTimestamp(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, day, time, fraction = ''] = match;
  const whole = `${isoYear(Number(year))}-${day}T${time}`;
  const ms = Date.parse(`${whole}Z`);
  // Date takes 30 February for 2 March: only what comes back the same was a day.
  if (Number.isNaN(ms) || whole !== new Date(ms).toISOString().slice(0, -5)) return undefined;
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}
