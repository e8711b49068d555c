import { describe, expect, it } from '@jest/globals';
import { expectNone } from '../src/expect-none.js';
import { packageFolders, readManifest, workspaceFiles } from '../src/workspace-files.js';

const manifestFolders = workspaceFiles
  .filter(({ path }) => /(^|\/)package\.json$/.test(path) && !path.includes('/fixtures/'))
  .map(({ path }) => path.replace(/\/?package\.json$/, '') || '.');
const textOf = (path: string): string | undefined =>
  workspaceFiles.find((file) => file.path === path)?.text();
const versions = new Map(
  manifestFolders.map((folder) => {
    const { name, version } = readManifest(folder);
    return [name, version];
  }),
);

describe('manifests', () => {
  it('are found', () => {
    expect(manifestFolders).toContain('.');
    expect(packageFolders).toContain('packages/testkit');
  });

  it('pin exact versions', () => {
    expectNone(
      manifestFolders.flatMap((folder) => {
        const { dependencies, devDependencies, optionalDependencies } = readManifest(folder);
        return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
          .filter(([, range]) => !/^(npm:.+@)?\d+\.\d+\.\d+[\w.-]*$/.test(range))
          .map(([name, range]) => `${folder}: ${name} ${range}`);
      }),
      'A version range gives two machines two programs; only exact versions were tried together:',
    );
  });

  it('name the version of a sibling as it is', () => {
    expectNone(
      manifestFolders.flatMap((folder) => {
        const { dependencies, devDependencies } = readManifest(folder);
        return Object.entries({ ...dependencies, ...devDependencies })
          .filter(([name, range]) => versions.has(name) && versions.get(name) !== range)
          .map(([name, range]) => `${folder}: ${name} ${range}, not ${versions.get(name)}`);
      }),
      'Packages are released together; another version would come from the registry, not from here:',
    );
  });

  it.each(packageFolders)('%s has what a publishable package needs', (folder) => {
    const manifest = readManifest(folder);
    expect(manifest).toMatchObject({
      name: `@coral/${folder.replace('packages/', '')}`,
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=20.19.0' },
      description: expect.stringMatching(/\w+ \w+/),
      files: expect.arrayContaining(['dist', 'src']),
      exports: { '.': { '@coral/source': './src/index.ts' } },
    });
    // Node takes the first condition that fits: after `types`, ours would never be reached.
    expect(Object.keys(manifest.exports!['.'] as object)[0]).toBe('@coral/source');
  });

  it.each(packageFolders)('%s ships the licence and a README', (folder) => {
    // npm packs only what lies in the package's own folder.
    expect(textOf(`${folder}/LICENSE`)).toBe(textOf('LICENSE'));
    expect(textOf(`${folder}/README.md`)).toContain(`# ${readManifest(folder).name}`);
  });
});
