/**
 * Jest settings shared by every package: ES modules compiled by swc, and a sibling's source
 * rather than its build output, so that a spec never runs stale code.
 */
module.exports = function jestPreset(displayName) {
  return {
    displayName,
    globalSetup: require.resolve('./global-setup.cjs'),
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@coral/source', 'node', 'node-addons'] },
    testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          swcrc: false,
          jsc: {
            target: 'es2022',
            parser: { syntax: 'typescript' },
            keepClassNames: true,
          },
          module: { type: 'es6' },
        },
      ],
    },
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
    testTimeout: 30_000,
  };
};
