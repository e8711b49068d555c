import { beforeEach, describe, expect, it } from '@jest/globals';
import { readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { readFile } from 'node:fs/promises';
import packageGenerator from '../src/package/generator.cjs';

const workspaceRoot = new URL('../../../', import.meta.url);
const existing = (path: string): Promise<string> =>
  readFile(new URL(`packages/testkit/${path}`, workspaceRoot), 'utf8');

const options = { name: 'my-subject', layer: 'storage', description: 'Does what it says.' };

describe('the package generator', () => {
  let tree: Tree;

  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    for (const file of tree.children('.')) if (file.includes('oxfmt')) tree.delete(file);
    tree.write('package.json', '{ "name": "coral", "version": "0.7.0" }');
    tree.write('LICENSE', 'Apache License\n');
    tree.write('tsconfig.json', '{ "references": [{ "path": "./packages/storage" }] }');
    tree.write('.prettierrc', '{ "singleQuote": true, "printWidth": 100 }');
  });

  it('writes a package and nothing but a reference to it elsewhere', async () => {
    const before = new Set(tree.listChanges().map(({ path }) => path));
    await packageGenerator(tree, options);
    const written = tree.listChanges().filter(({ path }) => !before.has(path));
    expect(written.map(({ path }) => path).sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'docs/errors.md',
        'eslint.config.mjs',
        'jest.config.cjs',
        'package.json',
        'src/errors.spec.ts',
        'src/errors.ts',
        'src/index.ts',
        'test/readme.spec.ts',
        'tsconfig.json',
        'tsconfig.lib.json',
        'tsconfig.spec.json',
      ].map((path) => `packages/my-subject/${path}`),
    );
    expect(readJson(tree, 'tsconfig.json')).toEqual({
      references: [{ path: './packages/storage' }, { path: './packages/my-subject' }],
    });
  });

  // The workspace's own packages are the pattern. When they change, this says that new ones lag.
  it.each(['eslint.config.mjs', 'jest.config.cjs'])(
    'gives it the same %s as the packages that exist',
    async (path) => {
      await packageGenerator(tree, options);
      const pattern = (await existing(path)).replaceAll('testkit', 'my-subject');
      expect(tree.read(`packages/my-subject/${path}`, 'utf8')).toBe(pattern);
    },
  );

  it.each(['tsconfig.json', 'tsconfig.spec.json'])(
    'gives it the same %s as the packages that exist',
    async (path) => {
      await packageGenerator(tree, options);
      expect(readJson(tree, `packages/my-subject/${path}`)).toEqual(
        JSON.parse(await existing(path)),
      );
    },
  );

  it('gives it the same tsconfig.lib.json, with a reference to testkit', async () => {
    await packageGenerator(tree, options);
    expect(readJson(tree, 'packages/my-subject/tsconfig.lib.json')).toEqual({
      ...(JSON.parse(await existing('tsconfig.lib.json')) as object),
      references: [{ path: '../testkit/tsconfig.lib.json' }],
    });
  });

  it('gives it a manifest like the others, in its own name, layer and version', async () => {
    await packageGenerator(tree, options);
    expect(readJson(tree, 'packages/my-subject/package.json')).toEqual({
      ...(JSON.parse(await existing('package.json')) as object),
      name: '@coral/my-subject',
      version: '0.7.0',
      description: 'Does what it says.',
      devDependencies: { '@coral/testkit': '0.7.0' },
      nx: { name: 'my-subject', tags: ['layer:storage'] },
    });
  });

  it('names the error class after the package and lists its code in the documents', async () => {
    await packageGenerator(tree, options);
    const read = (path: string): string | null => tree.read(`packages/my-subject/${path}`, 'utf8');
    expect(read('src/index.ts')).toContain('MySubjectError,');
    expect(read('src/errors.ts')).toContain("'MY_SUBJECT_INVALID_INPUT'");
    expect(read('docs/errors.md')).toContain('`MY_SUBJECT_INVALID_INPUT`');
    expect(read('README.md')).toContain('Does what it says.');
    expect(read('LICENSE')).toBe('Apache License\n');
  });

  it.each(['', 'Storage', 'my_subject', '../outside', 'a--b', '1st'])(
    'refuses the name %p and writes nothing',
    async (name) => {
      const before = tree.listChanges().length;
      await expect(packageGenerator(tree, { ...options, name })).rejects.toThrow('no package name');
      expect(tree.listChanges()).toHaveLength(before);
    },
  );

  it('refuses a layer that no boundary rule knows', async () => {
    await expect(packageGenerator(tree, { ...options, layer: 'misc' })).rejects.toThrow(
      /config, storage, .*layers\.cjs/,
    );
  });

  it('refuses to write over a package', async () => {
    await packageGenerator(tree, options);
    await expect(packageGenerator(tree, options)).rejects.toThrow('exists already');
  });
});
