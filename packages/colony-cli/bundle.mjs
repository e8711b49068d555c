// Bundles the `coral` command: src/main.ts and everything it imports, split so that a command
// loads only its own part. docs/decisions/ says what stays outside and why.
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const manifest = JSON.parse(await readFile(`${here}package.json`, 'utf8'));

await rm(`${here}dist/bin`, { recursive: true, force: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: { coral: 'src/main.ts' },
  outdir: 'dist/bin',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The siblings' sources, so that the bundle never holds a stale build of them.
  conditions: ['@coral/source'],
  external: ['@duckdb/*'],
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'external',
  metafile: process.argv.includes('--analyze'),
  define: { CORAL_VERSION: JSON.stringify(manifest.version) },
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as coralRequire}from'node:module';const require=coralRequire(import.meta.url);",
  },
});
if (result.metafile) {
  const { analyzeMetafile } = await import('esbuild');
  console.log(await analyzeMetafile(result.metafile));
}
