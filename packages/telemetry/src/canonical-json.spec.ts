import { describe, expect, it } from '@jest/globals';
import { canonicalAttributes, canonicalObject } from './canonical-json.js';

describe('canonicalAttributes', () => {
  it('sorts keys at every level and writes no white space', () => {
    expect(canonicalAttributes({ b: 1, a: { d: [true, null], c: 'x' } })).toBe(
      '{"a":{"c":"x","d":[true,null]},"b":1}',
    );
  });

  it('is an empty object for no attributes', () => {
    expect(canonicalAttributes({})).toBe('{}');
  });

  it('sorts by UTF-16 code unit, not by locale', () => {
    expect(canonicalAttributes({ ä: 1, z: 2, Z: 3 })).toBe('{"Z":3,"z":2,"ä":1}');
  });

  it('keeps whole numbers up to 2^53 - 1 and writes larger ones as strings', () => {
    expect(canonicalAttributes({ a: 9007199254740991n, b: 9007199254740992n })).toBe(
      '{"a":9007199254740991,"b":"9007199254740992"}',
    );
  });

  it('writes what JSON has no number for as strings', () => {
    expect(canonicalAttributes({ a: NaN, b: -Infinity, c: -0, d: 1e300 })).toBe(
      '{"a":"NaN","b":"-Infinity","c":0,"d":1e+300}',
    );
  });

  it('writes bytes as base64', () => {
    expect(canonicalAttributes({ a: Uint8Array.of(0xff, 0x00) })).toBe('{"a":"/wA="}');
  });

  it('escapes what JSON must escape', () => {
    expect(canonicalAttributes({ 'a"\n': '\u0000' })).toBe('{"a\\"\\n":"\\u0000"}');
  });

  it('keeps __proto__ as a key like any other', () => {
    expect(canonicalAttributes(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
  });

  it('refuses what is no attribute value', () => {
    expect(() => canonicalAttributes({ a: (() => 1) as never })).toThrow(TypeError);
  });
});

describe('canonicalObject', () => {
  it('lets the last of equal keys count', () => {
    const entries = ['1', '2', '3'].map((json) => ({ key: 'a', json }));
    expect(canonicalObject([...entries, { key: 'A', json: '0' }])).toBe('{"A":0,"a":3}');
  });
});
