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
  /^(\d{4,6}|[+-]\d{1,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|[+-]00(?::?00)?)?$/;

/**
 * Microseconds since the epoch of a time in UTC; undefined when it is none, or says another zone.
 * Takes what {@link isoTimestampSql} writes, and what DuckDB does.
 *
 * Shape: to the microsecond, as far as a Date reaches: 271,821 years before and after 1970.
 */
export function parseIsoTimestamp(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const isTime = hour < 24 && minute < 60 && second < 60;
  if (!isTime || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  const ms = epochMs(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000;
  if (Number.isNaN(ms)) return undefined; // Beyond what a Date can hold.
  const us = BigInt(ms) * 1000n + BigInt((match[7] ?? '').padEnd(6, '0'));
  return us <= farthestUs ? us : undefined;
}

/** As far as a Date reaches. */
const farthestUs = 8_640_000_000_000_000_000n;
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : daysOfMonths[month - 1]!;
}

/** Date takes the years 0 to 99 for 1900 to 1999: a year 400 later has the same calendar. */
function epochMs(year: number, month: number, day: number): number {
  if (year < 0 || year > 99) return Date.UTC(year, month - 1, day);
  return Date.UTC(year + 400, month - 1, day) - msOf400Years;
}

const msOf400Years = 146_097 * 86_400_000;
