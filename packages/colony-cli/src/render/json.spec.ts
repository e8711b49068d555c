import { describe, expect, it } from '@jest/globals';
import { formatJsonRows } from './json.js';

describe('formatJsonRows', () => {
  it.each([0, 1, 3])('prints %i rows as one array, a row a line', (count) => {
    const rows = Array.from({ length: count }, (_, id) => ({ id, text: 'a\nb' }));
    const text = [...formatJsonRows(rows)].join('');
    expect(JSON.parse(text)).toEqual(rows);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.split('\n')).toHaveLength(count === 0 ? 2 : count + 3);
  });
});
