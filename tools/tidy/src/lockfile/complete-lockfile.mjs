import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { missingPlatformPackages } from './platform-packages.mjs';

// Run at the workspace's root: adds what the registry in use could not tell npm about, and lets
// npm put the file into its own order.

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const missing = missingPlatformPackages(lockfile.packages);
const names = Object.keys(missing);
if (names.length > 0) {
  Object.assign(lockfile.packages, missing);
  writeFileSync('package-lock.json', `${JSON.stringify(lockfile, null, 2)}\n`);
  execFileSync('npm', ['install', '--package-lock-only', '--prefer-offline', '--ignore-scripts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
process.stdout.write(`${names.length} platform packages added to package-lock.json\n`);
