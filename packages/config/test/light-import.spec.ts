import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';

/** Everything a module loads at once; what it loads later, by `import()`, is left out. */
async function staticImports(url: URL, seen = new Set<string>()): Promise<Set<string>> {
  const code = await readFile(url, 'utf8');
  const imports = code.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from '([^']+)';$/gm);
  for (const [, specifier] of imports) {
    const target = specifier!.startsWith('.')
      ? new URL(specifier!.replace(/\.js$/, '.ts'), url)
      : undefined;
    const name = target?.href ?? specifier!;
    if (seen.has(name)) continue;
    seen.add(name);
    if (target !== undefined) await staticImports(target, seen);
  }
  return seen;
}

describe('importing the package', () => {
  it('loads neither YAML nor zod, which a program that only prints its help need not pay for', async () => {
    const loaded = await staticImports(new URL('../src/index.ts', import.meta.url));
    const packages = [...loaded].filter((name) => !/^(?:file|node):/.test(name));
    expect(loaded.size).toBeGreaterThan(15);
    expect(packages).toEqual([]);
  });
});
