import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { expandPath } from './expand-path.js';

describe('expandPath', () => {
  const options = { from: resolve('/srv/shop'), homeDir: resolve('/home/alex') };

  it.each([
    ['.coral', '/srv/shop/.coral'],
    ['./data/coral', '/srv/shop/data/coral'],
    ['../store', '/srv/store'],
    ['.', '/srv/shop'],
    ['/var/lib/coral/storage', '/var/lib/coral/storage'],
    ['/var//lib/./coral/', '/var/lib/coral'],
    ['~', '/home/alex'],
    ['~/coral', '/home/alex/coral'],
    ['~alex/coral', '/srv/shop/~alex/coral'],
  ])('makes of %s %s', (path, expected) => {
    expect(expandPath(path, options)).toBe(resolve(expected));
  });
});
