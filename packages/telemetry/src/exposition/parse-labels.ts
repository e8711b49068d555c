/** Why the labels of a line cannot be read, and at which byte. */
export interface LabelProblem {
  readonly problem: string;
  readonly offset: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const comma = 0x2c;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const tab = 0x09;

/**
 * Reads what stands between the braces of a sample: `code="200",path="/"`, a comma behind the last
 * one allowed. Escapes are `\\`, `\"` and `\n`; any other backslash stands for itself.
 *
 * Shape: names to values in their order; a label with an empty value is absent, as Prometheus has it.
 */
export function parseLabels(
  bytes: Uint8Array,
  from: number,
  to: number,
): Map<string, string> | LabelProblem {
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  let at = skipBlanks(bytes, from, to);
  while (at < to) {
    const nameFrom = at;
    while (at < to && bytes[at] !== equals && bytes[at] !== space && bytes[at] !== tab) at++;
    const name = ascii(bytes, nameFrom, at);
    if (!labelName.test(name)) return { problem: 'a label has no valid name', offset: nameFrom };
    if (seen.has(name)) return { problem: `label ${name} stands twice`, offset: nameFrom };
    seen.add(name);
    at = skipBlanks(bytes, at, to);
    if (bytes[at] !== equals || at >= to) return { problem: 'a label has no value', offset: at };
    at = skipBlanks(bytes, at + 1, to);
    if (bytes[at] !== quote || at >= to) {
      return { problem: "a label's value is not in quotes", offset: at };
    }
    const valueFrom = at + 1;
    let hasEscape = false;
    for (at = valueFrom; at < to && bytes[at] !== quote; at++) {
      if (bytes[at] !== backslash) continue;
      hasEscape = true;
      at += 1;
    }
    if (at >= to) return { problem: "a label's value does not end", offset: valueFrom };
    let value: string;
    try {
      value = utf8.decode(bytes.subarray(valueFrom, at));
    } catch {
      return { problem: "a label's value is not UTF-8", offset: valueFrom };
    }
    if (hasEscape) value = value.replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
    if (value !== '') labels.set(name, value);
    at = skipBlanks(bytes, at + 1, to);
    if (at >= to) break;
    if (bytes[at] !== comma) return { problem: 'labels are not separated by commas', offset: at };
    at = skipBlanks(bytes, at + 1, to);
  }
  return labels;
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === space || bytes[at] === tab)) at++;
  return at;
}

/** Text of bytes that are checked by a pattern next. */
function ascii(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to && text.length <= 4096; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
