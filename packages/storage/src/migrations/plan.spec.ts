import { describe, expect, it } from '@jest/globals';
import { migrations, schemaVersion } from './index.js';
import type { Migration } from './migration.js';
import { checksumOf, planMigrations, type AppliedMigration } from './plan.js';

const first: Migration = { version: 1, name: 'first', statements: ['CREATE TABLE a (x INTEGER)'] };
const second: Migration = { version: 2, name: 'second', statements: ['CREATE TABLE b (x TEXT)'] };
const known = [first, second];

const applied = (migration: Migration): AppliedMigration => ({
  version: migration.version,
  name: migration.name,
  checksum: checksumOf(migration),
});

describe('planMigrations', () => {
  it('wants all of them for an empty file', () => {
    expect(planMigrations([], known)).toEqual([first, second]);
  });

  it('wants the rest for an older file', () => {
    expect(planMigrations([applied(first)], known)).toEqual([second]);
  });

  it('wants nothing for a current file', () => {
    expect(planMigrations([applied(first), applied(second)], known)).toEqual([]);
  });

  it('refuses a newer file, and says which version it has and which are known', () => {
    const third = { version: 3, name: 'third', checksum: 'whatever it may be' };
    expect(() => planMigrations([applied(first), applied(second), third], known)).toThrow(
      expect.objectContaining({
        code: 'STORAGE_SCHEMA_NEWER',
        details: { found: 3, known: 2 },
      }),
    );
  });

  it('takes a newer file for newer, not for changed, when its early migrations differ too', () => {
    const changed = { ...applied(first), checksum: 'other' };
    expect(() => planMigrations([changed, { ...changed, version: 3 }], known)).toThrow(
      expect.objectContaining({ code: 'STORAGE_SCHEMA_NEWER' }),
    );
  });

  it('refuses a file that went through another form of a migration', () => {
    const changed = { ...applied(first), checksum: checksumOf(second) };
    expect(() => planMigrations([changed], known)).toThrow(
      expect.objectContaining({ code: 'STORAGE_MIGRATION_CHANGED', details: { version: 1 } }),
    );
  });

  it('refuses a version that cannot be', () => {
    expect(() => planMigrations([{ ...applied(first), version: 0 }], known)).toThrow(
      expect.objectContaining({ code: 'STORAGE_MIGRATION_CHANGED' }),
    );
  });

  it('does not mind another name: the statements count', () => {
    expect(planMigrations([{ ...applied(first), name: 'renamed' }], known)).toEqual([second]);
  });
});

describe('checksumOf', () => {
  it('overlooks how statements are laid out', () => {
    const laidOut = { ...first, statements: ['\n  CREATE TABLE a\n    (x INTEGER)\n'] };
    expect(checksumOf(laidOut)).toBe(checksumOf(first));
  });

  it.each([
    ['a type', ['CREATE TABLE a (x BIGINT)']],
    ['a statement more', ['CREATE TABLE a (x INTEGER)', 'CREATE TABLE b (x INTEGER)']],
    ['none', []],
  ])('notices another %s', (_, statements) => {
    expect(checksumOf({ ...first, statements })).not.toBe(checksumOf(first));
  });
});

describe('the migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(migrations.map(({ version }) => version)).toEqual(
      Array.from({ length: schemaVersion }, (_, index) => index + 1),
    );
  });

  it('have not changed since their release', () => {
    // Files in the field hold these. A change to a released migration belongs into a new one.
    expect(migrations.map(({ name }, index) => [name, checksumOf(migrations[index]!)])).toEqual([
      ['initial', '083cdfa9e85adc61cbbfadf6b0ab0c32bd2f58c765f4b1bd0c916396970bae0d'],
      ['points', 'ac80ca4557c3221253e5118da3d438a0580965b42d24729d7edb17c2322f79dd'],
      ['history', 'c71fc760d3703953833424e8c59c39c99b41a5fab196617c3fcf8986f35bfff2'],
      ['retention', 'e5ff1ce7f8811c573ae8fa37f9858b36dd00b7bae20e30a3f399be2043a6ef02'],
      ['rollups', '0a347925ecc3ea0b7ef405333388d5f327144e214dcf88b426f381f83c338d84'],
      ['learning', 'b8bd11287fbaa50c0f4bb4f46b09e14ef0916ffa4d06c53a3bfbbb2f7d097c24'],
      ['happenings', 'daf70e6023dc72a1ac70a99caf66a6f2cbd6512c2678f31b4674021f7796452d'],
      ['spans', 'c9bf1b937c268e4175786271409747729e20385635350291fa1f8ba2af5eff49'],
      ['points-journal', 'e06b77246e45ee88b7114defc2586aa7b1cd0bf3c65f164c37abf8f499e2eb52'],
      ['history-steps', 'dcd405a4e46643f0279da5a63a72b8779acae7850de96cadef58e94d65775c23'],
      ['imports', '020d413eee99d2647e79ec17370352600a89fe3707d964b8fb427bed4a603076'],
      ['whole-percentiles', '4f4efa1ece4112f8ed68323cafd2538a11e78a84a54ca32d6c20ca12a30a9c46'],
    ]);
  });
});
