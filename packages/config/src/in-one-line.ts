import type { SettingValue } from './settings.js';

/** A mapping or a list as YAML would take it in one line: `{ 5m: 7d, 1h: 180d }`. */
export function inOneLine(value: SettingValue): string | number | boolean {
  return typeof value === 'object' ? flowOf(value) : value;
}

function flowOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return plainOrQuoted(String(value));
  if (Array.isArray(value)) return `[${value.map(flowOf).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${flowOf(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** YAML would take a leading `*` for an alias. */
function plainOrQuoted(text: string): string {
  return /^[\w.-][\w./ -]*$/.test(text) ? text : JSON.stringify(text);
}
