import { describe, expect, it } from '@jest/globals';
import { missingPlatformPackages } from './platform-packages.mjs';

const tool = {
  version: '1.2.3',
  dev: true,
  license: 'MIT',
  optionalDependencies: { 'tool-linux-x64-gnu': '1.2.3', 'tool-darwin-arm64': '1.2.3' },
};

describe('missingPlatformPackages', () => {
  it('lists what no entry answers to, as npm would write it', () => {
    const packages = { 'node_modules/tool': tool, 'node_modules/tool-linux-x64-gnu': {} };
    expect(missingPlatformPackages(packages)).toEqual({
      'node_modules/tool-darwin-arm64': {
        version: '1.2.3',
        dev: true,
        license: 'MIT',
        optional: true,
        os: ['darwin'],
        cpu: ['arm64'],
      },
    });
  });

  it('finds entries beside the package and above it', () => {
    const packages = {
      'node_modules/a/node_modules/tool': tool,
      'node_modules/a/node_modules/tool-linux-x64-gnu': {},
      'node_modules/tool-darwin-arm64': {},
    };
    expect(missingPlatformPackages(packages)).toEqual({});
  });

  it('knows the C library from the name', () => {
    const optionalDependencies = { 'a-linux-arm64-musl': '1.0.0', 'a-linux-x64-gnu': '1.0.0' };
    const missing = missingPlatformPackages({ 'node_modules/a': { optionalDependencies } });
    expect(Object.values(missing).map(({ libc }) => libc)).toEqual([['musl'], ['glibc']]);
  });

  it('leaves other optional dependencies alone', () => {
    const optionalDependencies = { fsevents: '2.3.3', 'platform-linux': '1.0.0' };
    expect(missingPlatformPackages({ 'node_modules/a': { optionalDependencies } })).toEqual({});
  });
});
