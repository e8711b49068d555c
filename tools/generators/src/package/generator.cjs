const { formatFiles, installPackagesTask, readJson, updateJson } = require('@nx/devkit');
const { layers } = require('../../../boundaries/layers.cjs');
const { packageFiles } = require('./package-files.cjs');

/**
 * @typedef {object} PackageOptions
 * @property {string} name
 * @property {string} layer
 * @property {string} description
 * @property {boolean} [skipInstall]
 */

/**
 * Writes a new package under `packages/` and refers to it from the root `tsconfig.json`.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {PackageOptions} options
 */
async function packageGenerator(tree, { name, layer, description, skipInstall = false }) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`"${name}" is no package name: use lower case words joined by hyphens.`);
  }
  if (!(layer in layers)) {
    const known = Object.keys(layers).join(', ');
    throw new Error(
      `There is no layer "${layer}", only ${known}. A new one is declared in tools/boundaries/layers.cjs first.`,
    );
  }
  const root = `packages/${name}`;
  if (tree.exists(root)) throw new Error(`${root} exists already.`);

  const { version } = readJson(tree, 'package.json');
  const license = tree.read('LICENSE', 'utf8');
  if (license === null) throw new Error('The workspace has no LICENSE to put into the package.');
  const files = packageFiles({ name, layer, description, version });
  for (const [path, content] of Object.entries({ ...files, LICENSE: license })) {
    tree.write(`${root}/${path}`, content);
  }
  updateJson(tree, 'tsconfig.json', (tsconfig) => ({
    ...tsconfig,
    references: [...(tsconfig.references ?? []), { path: `./${root}` }],
  }));
  await formatFiles(tree);
  return () => {
    if (!skipInstall) installPackagesTask(tree, true);
  };
}

module.exports = packageGenerator;
