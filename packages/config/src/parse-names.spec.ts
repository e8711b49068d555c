import { describe, expect, it } from '@jest/globals';
import { parseNames } from './parse-names.js';

describe('parseNames', () => {
  it('reads one name and several, without the spaces around them', () => {
    expect(parseNames('job')).toEqual(['job']);
    expect(parseNames(' node,node-exporter ,  the shop')).toEqual([
      'node',
      'node-exporter',
      'the shop',
    ]);
  });

  it.each(['', ' ', 'a,', ',a', 'a,,b', 'a\nb', 'x'.repeat(201), 'a,'.repeat(100) + 'a'])(
    'reads nothing in %j',
    (text) => {
      expect(parseNames(text)).toBeUndefined();
    },
  );
});
