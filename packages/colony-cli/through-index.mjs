// esbuild sorts files into chunks by which files an entry reaches, whichever of their names it uses: whoever
// imports one name from a package's index reaches the whole package. This plugin has each name imported
// from the file that it comes from, so that a chunk holds what its entry uses.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const imports = /^(import|export) \{([^}]*)\} from '(@coral\/[\w-]+)';$/gm;
const exports = /^export \{([^}]*)\} from '(\.\/[^']+)';$/gm;

/** @type {import('esbuild').Plugin} */
export const throughIndex = {
  name: 'through-index',
  setup: ({ onLoad }) =>
    onLoad({ filter: /packages\/[\w-]+\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: await replaceAsync(await readFile(path, 'utf8'), imports, importsOfFiles),
      loader: 'ts',
    })),
};

/** @type {Map<string, Promise<Map<string, { name: string, file: string }>>>} */
const indexes = new Map();

/** One import of each name, from its file. */
async function importsOfFiles(_, keyword, list, packageName) {
  if (!indexes.has(packageName)) indexes.set(packageName, readIndex(packageName));
  const index = await indexes.get(packageName);
  return namesIn(list)
    .map(({ name, as }) => {
      const found = index.get(name);
      if (found === undefined) throw new Error(`${packageName} does not export ${name}`);
      return `${keyword} { ${found.name} as ${as} } from ${JSON.stringify(found.file)};`;
    })
    .join(' ');
}

/** Which file of a package each of its values comes from. */
async function readIndex(packageName) {
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
  const path = resolve(dirname(manifestPath), manifest.exports['.']['@coral/source']);
  const index = new Map();
  for (const [, list, file] of (await readFile(path, 'utf8')).matchAll(exports)) {
    for (const { name, as } of namesIn(list)) {
      index.set(as, { name, file: resolve(dirname(path), file.replace(/\.js$/, '.ts')) });
    }
  }
  return index;
}

/** The values in `a, b as c, type D`. */
function namesIn(list) {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && !item.startsWith('type '))
    .map((item) => {
      const [name, as = name] = item.split(' as ');
      return { name, as };
    });
}

async function replaceAsync(text, pattern, replacement) {
  const found = await Promise.all(
    [...text.matchAll(pattern)].map((match) => replacement(...match)),
  );
  return text.replace(pattern, () => found.shift());
}
