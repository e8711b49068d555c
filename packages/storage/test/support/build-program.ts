import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const testDirectory = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Compiles one of `test/programs` with the package's source, so that a test can run it as a real
 * process. @returns the file to give to node
 */
export async function buildProgram(name: string): Promise<string> {
  // Inside the package: the driver is then found from there.
  const outfile = path.join(testDirectory, '..', 'out-tsc', 'programs', `${name}.mjs`);
  await build({
    entryPoints: [path.join(testDirectory, 'programs', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@duckdb/*'],
    conditions: ['@coral/source'],
    logLevel: 'error',
  });
  return outfile;
}
