import { spawnProcess, type ProcessHarness } from '@coral/testkit';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const require = createRequire(import.meta.url);

const INSTALL_TIMEOUT_MS = 300_000;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of this workspace and the tarball in which it would be published. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
}

/**
 * Finds the tarball of every publishable package.
 *
 * @throws {Error} when one has not been packed
 */
export async function packedPackages(): Promise<PackedPackage[]> {
  const packages: PackedPackage[] = [];
  for (const folder of await readdir(join(workspaceRoot, 'packages'))) {
    const root = join(workspaceRoot, 'packages', folder);
    const manifest = await readManifest(root);
    if (manifest.private) continue;
    const { name, version } = manifest;
    const tarball = join(root, 'out-tsc', 'pack', `coral-${folder}-${version}.tgz`);
    packages.push({ name, version, tarball });
  }
  return packages;
}

/** Installs tarballs into `directory`, as a stranger's project that never saw the workspace. */
export async function installPackages(
  directory: string,
  packages: readonly PackedPackage[],
): Promise<void> {
  await cp(fixtures, directory, { recursive: true });
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module' }),
  );
  const { devDependencies = {} } = await readManifest(workspaceRoot);
  const npm = await spawnProcess({
    command: 'npm',
    args: [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--ignore-scripts',
      '--loglevel=error',
      `@types/node@${devDependencies['@types/node']}`,
      ...packages.map(({ tarball }) => tarball),
    ],
    cwd: directory,
    env: environmentOfNpm(),
  });
  const exit = await npm.waitForExit({ timeoutMs: INSTALL_TIMEOUT_MS });
  if (exit.code !== 0) throw new Error(`npm install failed:\n${npm.output}`);
}

/** Type-checks and compiles the fixtures in `directory` with the workspace's TypeScript. */
export function compile(directory: string): Promise<ProcessHarness> {
  const args = [require.resolve('typescript/bin/tsc'), '--project', directory];
  return spawnProcess({ command: process.execPath, args, cwd: directory });
}

/** npm needs its settings; what an outer `npm test` says about itself would mislead it. */
function environmentOfNpm(): Record<string, string | undefined> {
  const isMisleading = (name: string): boolean =>
    name === 'NODE_OPTIONS' ||
    name === 'INIT_CWD' ||
    (name.startsWith('npm_') && !name.startsWith('npm_config_')) ||
    /^npm_config_(prefix|local_prefix|workspace|global)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isMisleading(name)));
}

async function readManifest(root: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
}
