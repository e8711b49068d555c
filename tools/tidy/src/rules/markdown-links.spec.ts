import { describe, expect, it } from '@jest/globals';
import { relativeLinks } from './markdown-links.js';

describe('relativeLinks', () => {
  it('lists paths, with and without anchors', () => {
    const text =
      'See [a](docs/a.md), ![b](<b.png> "title") and [c](../c.md#part).\n\n[d]: ./d.md\n';
    expect(relativeLinks(text)).toEqual(['docs/a.md', 'b.png', '../c.md', './d.md']);
  });

  it('leaves out addresses, anchors and code', () => {
    const text =
      '[a](https://a.example) [b](#b) [m](mailto:a@b.example) `[c](c.md)`\n```\n[d](d.md)\n```\n';
    expect(relativeLinks(text)).toEqual([]);
  });
});
