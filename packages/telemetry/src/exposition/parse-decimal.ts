const zero = 0x30;
const nine = 0x39;
const point = 0x2e;
const plus = 0x2b;
const minus = 0x2d;
const upperE = 0x45;
const lowerE = 0x65;

/** Up to here powers of ten are exact doubles, as whole numbers are up to 2^53. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const maxExactDigits = 15;

/**
 * The number that bytes spell, the nearest double to it, or undefined when they spell none.
 *
 * Short decimals, which is what nearly all samples are, are read without making a string: both of
 * their parts are exact doubles, so one multiplication or division rounds once, as it should.
 *
 * Source: Go's strconv.ParseFloat, which the formats refer to; without hexadecimal and underscores.
 */
export function parseDecimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  let at = from;
  let isNegative = false;
  if (bytes[at] === minus || bytes[at] === plus) {
    isNegative = bytes[at] === minus;
    at += 1;
  }
  let mantissa = 0;
  let digits = 0;
  let exponent = 0;
  let sawPoint = false;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits += 1;
      if (sawPoint) exponent -= 1;
    } else if (byte === point && !sawPoint) sawPoint = true;
    else break;
  }
  if (digits === 0 || digits > maxExactDigits) return parseText(bytes, from, to);
  if (at < to) {
    if (bytes[at] !== lowerE && bytes[at] !== upperE) return parseText(bytes, from, to);
    const power = parseExponent(bytes, at + 1, to);
    if (power === undefined) return undefined;
    exponent += power;
  }
  if (Math.abs(exponent) >= powersOfTen.length) return parseText(bytes, from, to);
  const value =
    exponent < 0 ? mantissa / powersOfTen[-exponent]! : mantissa * powersOfTen[exponent]!;
  return isNegative ? -value : value;
}

function parseExponent(bytes: Uint8Array, from: number, to: number): number | undefined {
  let at = from;
  const isNegative = bytes[at] === minus;
  if (isNegative || bytes[at] === plus) at += 1;
  if (at >= to) return undefined;
  let exponent = 0;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < zero || byte > nine) return undefined;
    if (exponent < 10_000) exponent = exponent * 10 + (byte - zero);
  }
  return isNegative ? -exponent : exponent;
}

/** Longer than any number that somebody means. */
const maxTextLength = 400;

function parseText(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from > maxTextLength) return undefined;
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) return Number(text);
  const word = /^([+-]?)(?:(nan)|inf|infinity)$/i.exec(text);
  if (word === null) return undefined;
  if (word[2] !== undefined) return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}
