import { describe, expect, it } from '@jest/globals';
import { declaredErrorCodes, documentedErrorCodes } from './error-codes.js';

describe('declaredErrorCodes', () => {
  it.each([
    "export const CONFIG_ERROR_CODES = ['A_B', 'C_D'] as const;",
    "export const cliErrorCodes = ['A_B', 'C_D'] as const satisfies string[];",
    "export type StorageErrorCode = 'A_B' | 'C_D';",
    "export const fooErrorCodes = { A_B: 'A_B', other: 'C_D' };",
  ])('reads %s', (text) => {
    expect(declaredErrorCodes(text)).toEqual(['A_B', 'C_D']);
  });

  it('reads no other constants and no words', () => {
    expect(
      declaredErrorCodes("const states = ['OPEN']; type FooErrorCode = 'open' | 'A_B';"),
    ).toEqual(['A_B']);
  });
});

describe('documentedErrorCodes', () => {
  it('reads the first cell of each row', () => {
    const table = '| code | when |\n| --- | --- |\n| `A_B` | see `X_Y` |\n| `C_D` | always |\n';
    expect(documentedErrorCodes(table)).toEqual(['A_B', 'C_D']);
  });
});
