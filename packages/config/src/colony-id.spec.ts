import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { seededRandom } from '@coral/testkit';
import { createColonyId, isColonyId, parseColonyId } from './colony-id.js';
import { colonyConfigPath, databasePath } from './paths.js';

const random = (size: number) => Uint8Array.of(0x09, 0x77, 0xe1).subarray(0, size);

const hostile = [
  ['an empty text', ''],
  ['a parent directory', '..'],
  ['a path upwards', '../../x'],
  ['a path upwards on Windows', '..\\..\\x'],
  ['an absolute path', '/etc/passwd'],
  ['a drive', 'c:x'],
  ['a subdirectory', 'a/b'],
  ['an embedded path', 'a/../../b'],
  ['two dots in a row', 'a..b'],
  ['a NUL', 'shop\0.yaml'],
  ['a line break', 'shop\nproduction'],
  ['a terminal control sequence', '\u001b[2Jshop'],
  ['300 characters', 'a'.repeat(300)],
  ['one character too many', 'a'.repeat(101)],
  ['a leading dot', '.hidden'],
  ['a leading dash, which is an option', '-rf'],
  ['a trailing dot, which Windows drops', 'shop.'],
  ['a trailing dash', 'shop-'],
  ['upper case', 'My-Shop'],
  ['a blank', 'my shop'],
  ['a Windows device', 'CON'],
  ['a Windows device in lower case', 'con'],
  ['a Windows device with a suffix', 'nul.backup'],
  ['a Windows port', 'com1'],
  ['a full-width letter', 'ｓhop'],
  ['a Kelvin sign, whose lower case is k', '\u212aoala'],
  ['a Cyrillic letter', 'shоp'],
  ['a combining accent', 'cafe\u0301'],
  ['a right-to-left override', 'shop\u202egnp'],
  ['a slash look-alike', '..\u2215x'],
  ['a percent escape', '%2e%2e%2fx'],
  ['a home', '~root'],
  ['a lone surrogate', 'shop\ud800'],
] as const;

describe('parseColonyId', () => {
  it.each([
    'alex-dev-0977e1',
    'my-shop-production',
    'test-colony-12345',
    'a',
    '0',
    'shop_2.eu-west',
    'console',
    'com10',
    'a'.repeat(100),
  ])('accepts %s', (id) => {
    expect(parseColonyId(id)).toBe(id);
  });

  it.each(hostile)('refuses %s', (_what, id) => {
    expect(() => parseColonyId(id)).toThrow(
      expect.objectContaining({ code: 'CONFIG_COLONY_ID_INVALID' }),
    );
    expect(isColonyId(id)).toBe(false);
  });

  it.each(hostile)('prints %s in printable ASCII and briefly', (_what, id) => {
    expect(messageOf(id)).toMatch(/^[\x20-\x7e…]{1,250}$/);
  });

  it('offers the lower-case spelling instead of applying it', () => {
    expect(() => parseColonyId(' My-Shop ')).toThrow(
      expect.objectContaining({ details: { suggestion: 'my-shop' } }),
    );
  });
});

describe('an accepted id', () => {
  it('never leads out of the directory it is joined to', () => {
    const pieces = [
      '.',
      '..',
      '/',
      '\\',
      '\0',
      'a',
      'Z',
      '-',
      '_',
      ':',
      'con',
      'nul',
      '~',
      '0',
      'é',
    ];
    const dice = seededRandom();
    let accepted = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const id = Array.from({ length: dice.integer(1, 5) }, () => dice.pick(pieces)).join('');
      if (!isColonyId(id)) continue;
      accepted += 1;
      expect(databasePath('/srv/store', id)).toBe(resolve(`/srv/store/${id}.duckdb`));
      expect(databasePath('/srv/store', id).split('/')).toHaveLength(4);
      expect(colonyConfigPath('/home/a/.coral', id).split('/')).toHaveLength(6);
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('createColonyId', () => {
  it.each([
    ['alex', 'dev', 'alex-dev-0977e1'],
    ['My Shop', 'Production', 'my-shop-production-0977e1'],
    ['  Café_Überraschung!! ', 'EU/West.1', 'cafe-uberraschung-eu-west-1-0977e1'],
    ['../../x', 'dev', 'x-dev-0977e1'],
    ['CON', 'dev', 'con-dev-0977e1'],
  ])('makes of %s and %s the id %s', (app, environment, id) => {
    expect(createColonyId({ app, environment, random })).toBe(id);
  });

  it('cuts long names and stays within what a file name can hold', () => {
    const id = createColonyId({ app: 'a '.repeat(200), environment: 'b'.repeat(300), random });
    expect(id).toMatch(/^(?:a-){24}b{32}-0977e1$/);
  });

  it.each(['', '   ', '???', '日本'])('refuses the application name %j', (app) => {
    expect(() => createColonyId({ app, environment: 'dev', random })).toThrow(
      expect.objectContaining({ code: 'CONFIG_COLONY_ID_INVALID' }),
    );
  });

  it('refuses an environment without letters', () => {
    expect(() => createColonyId({ app: 'shop', environment: '-', random })).toThrow(
      expect.objectContaining({ code: 'CONFIG_COLONY_ID_INVALID' }),
    );
  });

  it('takes too few random bytes for a programming mistake', () => {
    expect(() =>
      createColonyId({ app: 'shop', environment: 'dev', random: () => new Uint8Array(1) }),
    ).toThrow(TypeError);
  });
});

function messageOf(id: string): string {
  try {
    parseColonyId(id);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${JSON.stringify(id)} was accepted`);
}
