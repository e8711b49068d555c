import { transform } from '@swc/core';
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/**
 * Puts the package as plain JavaScript, and the driver, under `directory/node_modules`, so that
 * programs there can `import '@coral/storage'` and `'@duckdb/node-api'` without Jest.
 */
export async function installStorage(directory: string): Promise<void> {
  const home = path.join(directory, 'node_modules', '@coral', 'storage');
  await mkdir(home, { recursive: true });
  const manifest = { name: '@coral/storage', type: 'module', exports: './index.js' };
  await writeFile(path.join(home, 'package.json'), JSON.stringify(manifest));
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.ts') || entry.name.endsWith('.spec.ts')) continue;
    const from = path.join(entry.parentPath, entry.name);
    const to = path.join(home, path.relative(source, from).replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, await toJavaScript(await readFile(from, 'utf8')));
  }
  const driver = fileURLToPath(import.meta.resolve('@duckdb/node-api/package.json'));
  const scope = path.dirname(path.dirname(await realpath(driver)));
  await symlink(scope, path.join(directory, 'node_modules', '@duckdb'), 'dir');
}

/** What a bundler or Node itself would run: types gone, modules as they were written. */
export async function toJavaScript(typeScript: string): Promise<string> {
  const { code } = await transform(typeScript, {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  return code;
}
