const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/**
 * An Nx plugin that gives every publishable package the targets they all have, so that no
 * `package.json` repeats them and a new package has them from its first minute.
 *
 * - `api-report` fails when the public API differs from the package's `<name>.api.md`
 * - `api-update` writes that file
 * - `pack` makes the tarball that would be published and checks it with publint and attw
 *
 * @type {import('@nx/devkit').CreateNodesV2}
 */
const createNodesV2 = [
  'packages/*/package.json',
  (manifestPaths, _options, { workspaceRoot }) =>
    manifestPaths
      .filter((path) => !JSON.parse(readFileSync(join(workspaceRoot, path), 'utf8')).private)
      .map((path) => {
        const root = dirname(path);
        return [path, { projects: { [root]: { root, targets: targetsOf(root) } } }];
      }),
];

/**
 * @param {string} root
 * @returns {Record<string, import('@nx/devkit').TargetConfiguration>}
 */
function targetsOf(root) {
  const declarations = {
    dependentTasksOutputFiles: '**/*.d.ts',
    transitive: true,
  };
  const apiReport = {
    dependsOn: ['build'],
    inputs: [
      '{projectRoot}/package.json',
      '{projectRoot}/*.api.md',
      '{workspaceRoot}/tools/api-report/src/**/*',
      '{workspaceRoot}/.prettierrc',
      declarations,
      { externalDependencies: ['@microsoft/api-extractor', 'prettier'] },
    ],
  };
  return {
    'api-report': {
      ...apiReport,
      command: 'node ../../tools/api-report/src/main.mjs --check',
      options: { cwd: root },
      cache: true,
      outputs: [],
      metadata: { description: 'Compares the public API with its report file.' },
    },
    'api-update': {
      ...apiReport,
      command: 'node ../../tools/api-report/src/main.mjs --update',
      options: { cwd: root },
      cache: false,
      metadata: { description: 'Writes the report file of the public API.' },
    },
    pack: {
      command: 'node ../../tools/consumer/src/pack.mjs',
      options: { cwd: root },
      dependsOn: ['build', 'bundle'],
      cache: true,
      inputs: [
        'production',
        '{projectRoot}/README.md',
        '{workspaceRoot}/tools/consumer/src/**/*',
        { dependentTasksOutputFiles: '**/*', transitive: false },
        { externalDependencies: ['publint', '@arethetypeswrong/cli'] },
      ],
      outputs: ['{projectRoot}/out-tsc/pack'],
      metadata: { description: 'Makes the tarball to publish and checks it.' },
    },
  };
}

module.exports = { createNodesV2 };
