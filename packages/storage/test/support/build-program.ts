import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this package; absolute. */
export const packageDirectory = findPackage();

/**
 * Compiles one of `test/programs`, or of another folder, with the package's source, so that a test can run it as a real
 * process. @returns the file to give to node
 */
export async function buildProgram(name: string, folder = 'test/programs'): Promise<string> {
  // Inside the package: the driver is then found from there.
  const outfile = path.join(packageDirectory, 'out-tsc', 'programs', `${name}.mjs`);
  await build({
    entryPoints: [path.join(packageDirectory, folder, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // The driver's hundred small files go in: to find them takes longer than most of what a program does.
    external: ['@duckdb/node-bindings'],
    banner: {
      // For the driver, which is CommonJS.
      js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);`,
    },
    conditions: ['@coral/source'],
    logLevel: 'error',
  });
  return outfile;
}

/** This file may itself be part of a program that was compiled into `out-tsc/programs`. */
function findPackage(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'package.json'))) directory = path.dirname(directory);
  return directory;
}
