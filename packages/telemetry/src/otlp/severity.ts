/** By their first letters: the words that loggers have for the severities. */
const words: readonly (readonly [start: RegExp, severity: number])[] = [
  [/^(fatal|crit|emerg|alert|panic)/i, 21],
  [/^(err|severe|fail)/i, 17],
  [/^warn/i, 13],
  [/^(info|notice)/i, 9],
  [/^(debug|fine)/i, 5],
  [/^(trace|verbose)/i, 1],
];

/**
 * The severity of a record: its number, or what its text says when the sender set none.
 *
 * Shape: 1 to 24, or 0 for unknown.
 * Source: opentelemetry-proto, SeverityNumber; the logs data model's table of other systems' words.
 */
export function severityOf(number: number, text: string): number {
  if (number >= 1 && number <= 24) return number;
  return words.find(([start]) => start.test(text))?.[1] ?? 0;
}
