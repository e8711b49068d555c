import type { SettingValue } from './settings.js';

/** A mapping or a list as YAML would take it in one line: `{ 5m: 7d, 1h: 180d }`. */
export function inOneLine(value: SettingValue): string | number | boolean {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${plainOrQuoted(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** YAML would take a leading `*` for an alias. */
function plainOrQuoted(value: unknown): string {
  const text = String(value);
  return /^[\w.-][\w./ -]*$/.test(text) ? text : JSON.stringify(text);
}
