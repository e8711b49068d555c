import { describe, expect, it } from '@jest/globals';
import { codeBlocks } from './code-blocks.js';

describe('codeBlocks', () => {
  it('lists blocks with language, info and line', () => {
    const markdown = ['# Title', '', '```ts title=a.ts', 'const a = 1;', '', 'a;', '```', 'text'];
    expect(codeBlocks(markdown.join('\n'))).toEqual([
      { language: 'ts', info: 'title=a.ts', code: 'const a = 1;\n\na;\n', line: 4 },
    ]);
  });

  it('keeps shorter and other fences inside a block', () => {
    const markdown = ['````md', '```ts', '~~~', '```', '````', '~~~', 'plain', '~~~'];
    expect(codeBlocks(markdown.join('\n')).map(({ language, code }) => [language, code])).toEqual([
      ['md', '```ts\n~~~\n```\n'],
      ['', 'plain\n'],
    ]);
  });

  it('finds nothing in plain text', () => {
    expect(codeBlocks('Use `code` inline.')).toEqual([]);
  });

  it('refuses a fence that is never closed', () => {
    expect(() => codeBlocks('one\n```ts\nconst a = 1;')).toThrow('line 2');
  });
});
