import { describe, expect, it } from '@jest/globals';
import { focusedTests } from './focused-tests.js';

// Composed, so that this file does not break the rule it is about.
const call = (...words: string[]): string => `${words.join('.')}('title', () => {});`;

describe('focusedTests', () => {
  it.each([
    call('it', 'only'),
    call('describe', 'skip'),
    call('test', 'todo'),
    call('it', 'only', 'each'),
    call('x' + 'it'),
    call('f' + 'describe'),
  ])('finds %s', (line) => {
    expect(focusedTests(`const a = 1;\n  ${line}`)).toEqual([`2: ${line}`]);
  });

  it.each(['it(`title`', 'const onLinux = isLinux ? it : it.skip;', 'reader.skip(4)', 'exit(1)'])(
    'lets %s stand',
    (line) => {
      expect(focusedTests(line)).toEqual([]);
    },
  );
});
