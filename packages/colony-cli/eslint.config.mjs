import * as jsoncParser from 'jsonc-eslint-parser';
import base from '../../eslint.config.mjs';

export default [
  ...base,
  {
    files: ['package.json'],
    languageOptions: { parser: jsoncParser },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          ignoredFiles: [
            '{projectRoot}/**/*.spec.ts',
            '{projectRoot}/test/**/*',
            '{projectRoot}/*.config.{cjs,mjs}',
            '{projectRoot}/bundle.mjs',
          ],
          // Loaded by the bundle, which holds the rest of the driver: see bundle.mjs.
          ignoredDependencies: ['@duckdb/node-bindings'],
        },
      ],
    },
  },
];
