const sizeUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size for people: `12.5 MiB`. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1024 && unit < sizeUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** A length of time for people, two units at most: `3 d 4 h`, `12 s`, `640 ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.max(0, Math.round(durationMs))} ms`;
  const totalSeconds = Math.floor(durationMs / 1000);
  const parts = [
    [Math.floor(totalSeconds / 86_400), 'd'],
    [Math.floor(totalSeconds / 3600) % 24, 'h'],
    [Math.floor(totalSeconds / 60) % 60, 'min'],
    [totalSeconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** A time for people, to the second and in UTC like everything stored: `2026-01-31 12:00:00Z`. */
export function formatTime(time: Date | undefined): string {
  return time === undefined ? '' : `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** How long ago a time was, for people: `2 min 5 s ago`. */
export function formatAge(time: Date | undefined, nowMs: number): string {
  return time === undefined ? '' : `${formatDuration(nowMs - time.getTime())} ago`;
}

/** A measurement for people: up to six significant digits; empty when there is none. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return '';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** How many rows, for people: `1 row`, `12 rows`. */
export function formatRows(rows: number): string {
  return `${rows} ${rows === 1 ? 'row' : 'rows'}`;
}
