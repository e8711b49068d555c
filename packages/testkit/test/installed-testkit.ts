import { transform } from '@swc/core';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

/**
 * Puts testkit as plain JavaScript under `directory/node_modules`, so that programs there can
 * import it by name without Jest.
 */
export async function installTestkit(directory: string): Promise<void> {
  const home = join(directory, 'node_modules', '@coral', 'testkit');
  await mkdir(home, { recursive: true });
  const manifest = { name: '@coral/testkit', type: 'module', exports: './index.js' };
  await writeFile(join(home, 'package.json'), JSON.stringify(manifest));
  for (const file of await readdir(SOURCE)) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const javaScript = await toJavaScript(await readFile(join(SOURCE, file), 'utf8'));
    await writeFile(join(home, file.replace(/\.ts$/, '.js')), javaScript);
  }
}

export async function toJavaScript(typeScript: string): Promise<string> {
  const { code } = await transform(typeScript, {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  return code;
}
