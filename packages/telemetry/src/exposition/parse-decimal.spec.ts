import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from './parse-decimal.js';

function parse(text: string) {
  const bytes = new TextEncoder().encode(`x${text}y`);
  return parseDecimal(bytes, 1, bytes.length - 1);
}

describe('parseDecimal', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['17', 17],
    ['+17', 17],
    ['1.', 1],
    ['.5', 0.5],
    ['-12.75', -12.75],
    ['1e3', 1000],
    ['1.048576e+06', 1_048_576],
    ['2.5E-07', 2.5e-7],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', 5e-324],
    ['1e-400', 0],
    ['1e400', Infinity],
    ['9007199254740993', 9007199254740992],
    ['123456789012345678901234567890', 123456789012345678901234567890],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['NaN', NaN],
    ['nan', NaN],
  ])('reads %s', (text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    '',
    '+',
    '.',
    'e5',
    '1e',
    '1e+',
    '1 2',
    '1.2.3',
    '0x10',
    '1_000',
    'in',
    '--1',
    '1e5x',
    '١',
    '1'.repeat(401),
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('reads what a number prints as that number, to the bit', () => {
    const random = seededRandom();
    const bits = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 20_000; i++) {
      random.bytes(8).forEach((byte, at) => bits.setUint8(at, byte));
      const any = bits.getFloat64(0);
      const short = Number(
        (random.normal(0, 1) * 10 ** random.integer(-12, 12)).toPrecision(random.integer(1, 17)),
      );
      for (const value of [any, short, Math.round(short)]) {
        for (const text of [
          String(value),
          Number.isFinite(value) ? value.toExponential() : 'NaN',
        ]) {
          const expected = Number(text);
          if (!Object.is(parse(text), expected))
            throw new Error(`${text} was read as ${parse(text)}`);
        }
      }
    }
  });
});
