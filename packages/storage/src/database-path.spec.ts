import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { databasePath } from './database-path.js';

describe('databasePath', () => {
  it('names the file after the colony', () => {
    expect(databasePath('/var/lib/coral', 'alex-dev-0977e1')).toBe(
      '/var/lib/coral/alex-dev-0977e1.duckdb',
    );
  });

  it('takes a relative storage path from the working directory', () => {
    expect(databasePath('.coral', 'a')).toBe(path.join(process.cwd(), '.coral', 'a.duckdb'));
  });

  it.each([
    ['one letter', 'a'],
    ['one digit', '0'],
    ['dots, underscores and hyphens inside', 'my.shop_dev-1a2b3c'],
    ['two dots inside', 'a..b'],
    ['128 characters', 'a'.repeat(128)],
    ['a name that only begins like a reserved one', 'console'],
    ['a reserved name with more before the dot', 'con-dev.x'],
  ])('accepts an id of %s', (_, id) => {
    expect(path.dirname(databasePath('/s', id))).toBe('/s');
  });

  it.each([
    ['nothing', ''],
    ['129 characters', 'a'.repeat(129)],
    ['300 characters', 'a'.repeat(300)],
    ['the parent directory', '..'],
    ['this directory', '.'],
    ['a way out', '../../etc/passwd'],
    ['a way out that looks inside', 'a/../../b'],
    ['a way out on Windows', '..\\..\\b'],
    ['an absolute path', '/etc/passwd'],
    ['a drive', 'c:'],
    ['an alternate stream', 'a:b'],
    ['a NUL', 'a\0b'],
    ['a line break at its end', 'a\n'],
    ['a blank', 'a b'],
    ['a capital letter', 'Shop'],
    ['a letter beyond ASCII', 'café'],
    ['a full-width slash', 'a／b'],
    ['a leading dot', '.a'],
    ['a trailing dot', 'a.'],
    ['a leading hyphen', '-a'],
    ['a percent escape', '%2e%2e'],
    ['a name that Windows reserves', 'con'],
    ['a reserved name with a suffix', 'lpt1.shop'],
    ['a reserved name in capitals', 'CON'],
    ['no string at all', 5 as unknown as string],
    ['undefined', undefined as unknown as string],
  ])('refuses an id of %s', (_, id) => {
    expect(() => databasePath('/s', id)).toThrow(
      expect.objectContaining({ code: 'STORAGE_COLONY_ID_INVALID' }),
    );
  });

  it.each([
    ['empty', ''],
    ['holding a NUL', '/s\0/x'],
    ['not a string', undefined as unknown as string],
  ])('refuses a storage path that is %s', (_, storagePath) => {
    expect(() => databasePath(storagePath, 'a')).toThrow(
      expect.objectContaining({ code: 'STORAGE_PATH_INVALID' }),
    );
  });
});
