import nx from '@nx/eslint-plugin';
import * as jsoncParser from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';
import rules from './tools/boundaries/layers.cjs';

// Patterns begin with **: ESLint reads them from the folder of the nearest eslint.config.mjs, which
// is the package's own.
const testFiles = ['**/*.spec.ts', '**/test/**/*.ts'];

const depConstraints = Object.entries(rules.layers).map(([layer, allowed]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: [...allowed, ...(layer === 'testkit' ? [] : ['testkit'])].map(
    (name) => `layer:${name}`,
  ),
  // Benchmarks measure the bare driver too.
  ...(['storage', 'tool', 'benchmark'].includes(layer)
    ? {}
    : { bannedExternalImports: ['@duckdb/*'] }),
}));

export default [
  {
    ignores: ['**/dist', '**/out-tsc', '**/node_modules', '**/coverage', '**/gen/**'],
  },
  ...nx.configs['flat/base'],
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.js'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          allow: ['^.*/eslint(\\.base)?\\.config\\.[cm]?[jt]s$'],
          depConstraints,
          checkDynamicDependenciesExceptions: ['@coral/testkit'],
        },
      ],
    },
  },
  {
    // Programs that specs start stand for strangers, and use what strangers use.
    files: ['**/test/**/*.mjs'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // One door to the driver, so that its errors and values are translated in one place.
    files: ['**/src/**/*.ts'],
    ignores: ['**/src/duckdb/**', ...testFiles],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@duckdb/*'], message: 'Only storage/src/duckdb talks to the driver.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/src/**/*.ts'],
    ignores: ['**/src/main.ts', ...testFiles],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Only the CLI’s main.ts ends the process.',
        },
      ],
    },
  },
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsoncParser },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          ignoredFiles: [
            '{projectRoot}/**/*.spec.ts',
            '{projectRoot}/test/**/*',
            '{projectRoot}/*.config.{cjs,mjs}',
          ],
        },
      ],
    },
  },
];
