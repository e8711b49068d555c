import { describe, expect, it } from '@jest/globals';
import { SeriesStamp } from './series-stamp.js';

describe('SeriesStamp', () => {
  it('gives its owner the number back, and nobody else', () => {
    const [object, owner, other] = [{}, {}, {}];
    expect(SeriesStamp.read(object, owner)).toBe(0);
    SeriesStamp.write(object, owner, 7);
    expect(SeriesStamp.read(object, owner)).toBe(7);
    expect(SeriesStamp.read(object, other)).toBe(0);
    SeriesStamp.write(object, other, 8);
    expect(SeriesStamp.read(object, owner)).toBe(0);
    expect(SeriesStamp.read(object, other)).toBe(8);
  });

  it('is not seen on the object, which may be frozen', () => {
    const [object, owner] = [Object.freeze({ key: 'a' }), {}];
    SeriesStamp.write(object, owner, 7);
    expect(SeriesStamp.read(object, owner)).toBe(7);
    expect(Reflect.ownKeys(object)).toEqual(['key']);
  });
});
