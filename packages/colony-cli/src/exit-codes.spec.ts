import { describe, expect, it } from '@jest/globals';
import { CONFIG_ERROR_CODES } from '@coral/config';
import { cliErrorCodes } from './cli-error.js';
import { exitCodeFor, exitCodes } from './exit-codes.js';

describe('exitCodeFor', () => {
  it.each([...cliErrorCodes, ...CONFIG_ERROR_CODES])('gives %s a code of its own kind', (code) => {
    expect(exitCodeFor(code)).not.toBe(exitCodes.unexpected);
    expect(exitCodeFor(code)).not.toBe(exitCodes.ok);
  });

  it('calls a code nobody planned unexpected', () => {
    expect(exitCodeFor('CLI_SOMETHING_NEW')).toBe(exitCodes.unexpected);
  });

  it('keeps clear of the codes a shell makes of signals, but for SIGINT', () => {
    const values: number[] = Object.values(exitCodes);
    expect(values.filter((value) => value >= 126)).toEqual([130]);
    expect(new Set(values).size).toBe(values.length);
  });
});
