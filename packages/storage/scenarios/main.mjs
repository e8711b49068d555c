import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

// Node.js 20 does not run TypeScript: bundle the command with the package's source, and run that.
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const outfile = here('../out-tsc/programs/insights.mjs');
await build({
  entryPoints: [here('insights.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['@duckdb/*'],
  conditions: ['@coral/source'],
  logLevel: 'error',
});
await import(outfile);
