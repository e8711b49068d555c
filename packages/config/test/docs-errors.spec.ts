import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { CONFIG_ERROR_CODES, ConfigError, isConfigError } from '../src/index.js';

const text = await readFile(new URL('../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  const rows = [...text.matchAll(/^\| `(CONFIG_\w+)`\s*\|(.+)\|(.+)\|$/gm)];

  it('has a row per code, in order, and no other', () => {
    expect(rows.map(([, code]) => code)).toEqual([...CONFIG_ERROR_CODES]);
  });

  it('says when and what to do in each', () => {
    for (const [, , when, what] of rows) {
      expect(when!.trim()).not.toBe('');
      expect(what!.trim()).not.toBe('');
    }
  });
});

describe('every code', () => {
  it('is thrown somewhere in the source', async () => {
    const { readdir } = await import('node:fs/promises');
    const source = new URL('../src/', import.meta.url);
    const files = (await readdir(source, { recursive: true })).filter(
      (file) => /(?<!\.spec)\.ts$/.test(file) && file !== 'errors.ts',
    );
    const code = (await Promise.all(files.map((file) => readFile(new URL(file, source))))).join();
    for (const name of CONFIG_ERROR_CODES) expect(code).toContain(`'${name}'`);
  });
});

describe('isConfigError', () => {
  it('recognises by code, also across copies of the package', () => {
    expect(isConfigError(new ConfigError('CONFIG_SYNTAX', 'x'))).toBe(true);
    expect(isConfigError({ code: 'CONFIG_SYNTAX' })).toBe(true);
  });

  it.each([undefined, null, 'CONFIG_SYNTAX', new Error('x'), { code: 'CONFIG_OTHER' }])(
    'does not take %p for one',
    (value) => {
      expect(isConfigError(value)).toBe(false);
    },
  );

  it('keeps the cause, and has none when none was given', () => {
    const cause = new Error('x');
    expect(new ConfigError('CONFIG_SYNTAX', 'y', { cause }).cause).toBe(cause);
    expect('cause' in new ConfigError('CONFIG_SYNTAX', 'y')).toBe(false);
  });
});
