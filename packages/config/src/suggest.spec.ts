import { describe, expect, it } from '@jest/globals';
import { suggest } from './suggest.js';

describe('suggest', () => {
  const keys = ['storage_path', 'colony_id', 'server', 'telemetry'];

  it.each([
    ['storage_pth', 'storage_path'],
    ['storagePath', 'storage_path'],
    ['COLONY-ID', 'colony_id'],
    ['sevrer', 'server'],
    ['telemetri', 'telemetry'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, keys)).toBe(meant);
  });

  it.each(['kitchen', 'x', 'path'])('has nothing to say about %s', (word) => {
    expect(suggest(word, keys)).toBeUndefined();
  });

  it('takes the nearest of several', () => {
    expect(suggest('shop-dev-00000b', ['shop-dev-11111a', 'shop-dev-00000a'])).toBe(
      'shop-dev-00000a',
    );
  });
});
