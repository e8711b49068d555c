import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectNone } from '../src/expect-none.js';
import { missingPlatformPackages, type LockEntry } from '../src/lockfile/platform-packages.mjs';
import { workspaceRoot } from '../src/workspace-files.js';

const { packages } = JSON.parse(readFileSync(join(workspaceRoot, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry & { resolved?: string; link?: boolean }>;
};

describe('the lockfile', () => {
  it('is found', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
  });

  it('names the packages of every platform', () => {
    expectNone(
      Object.keys(missingPlatformPackages(packages)),
      '`npm ci` refuses a lockfile that leaves out what is needed elsewhere. Run `npm run lockfile:complete` and commit it:',
    );
  });

  it('names no registry', () => {
    expectNone(
      Object.entries(packages)
        .filter(([, { resolved, link }]) => resolved !== undefined && !link)
        .map(([path, { resolved }]) => `${path}: ${resolved}`),
      'Everyone installs from their own registry; .npmrc keeps addresses out, so run `npm install` with it:',
    );
  });
});
