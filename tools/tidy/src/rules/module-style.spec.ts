import { describe, expect, it } from '@jest/globals';
import { defaultExports, importsWithoutExtension } from './module-style.js';

describe('importsWithoutExtension', () => {
  it.each([
    "import { a } from './a';",
    "export { a } from '../a';",
    "import type { A } from './a';",
    "const a = await import('./a.ts');",
    "import './';",
  ])('finds %s', (text) => {
    expect(importsWithoutExtension(text)).toHaveLength(1);
  });

  it.each([
    "import { a } from './a.js';",
    "import { join } from 'node:path';",
    "import { b } from '@coral/storage';",
    'const text = "import { a } from \'./a\';";',
  ])('lets %s stand', (text) => {
    expect(importsWithoutExtension(text)).toEqual([]);
  });
});

describe('defaultExports', () => {
  it.each([
    'export default 1;',
    'export default function open() {}',
    'export default class Store {}',
    'const open = 1; export { open as default };',
    "export { default } from './open.js';",
  ])('finds %s', (text) => {
    expect(defaultExports(text)).toHaveLength(1);
  });

  it.each([
    'export const a = 1;',
    "export * from './a.js';",
    "import a from 'a';",
    '// export default',
  ])('lets %s stand', (text) => {
    expect(defaultExports(text)).toEqual([]);
  });
});
