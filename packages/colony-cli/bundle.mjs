// Bundles the `coral` command into dist/bin: a small entry, and everything it loads on demand, split
// so that a command loads only its own part. docs/decisions/ says what stays outside and why.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { analyzeMetafile, build } from 'esbuild';
import { throughIndex } from './through-index.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
// Built beside its place and moved there whole: commands may be running meanwhile.
const draft = `dist/bin-${process.pid}`;
const out = `${here}${draft}`;
const { version } = JSON.parse(await readFile(`${here}package.json`, 'utf8'));

const shared = {
  absWorkingDir: here,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
};

/** Everything but the entry, as ES modules in dist/bin/lib. */
async function bundleCommands() {
  return await build({
    ...shared,
    entryPoints: { 'run-cli': 'src/run-cli.ts' },
    outdir: `${out}/lib`,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    // The siblings' sources, so that the bundle never holds a stale build of them.
    conditions: ['@coral/source'],
    // The driver's JavaScript goes in; its loader of native code stays beside that code.
    external: ['@duckdb/node-bindings'],
    metafile: true,
    plugins: [throughIndex],
    // CommonJS dependencies call require() for Node's own modules.
    banner: {
      js: "import{createRequire as coralRequire}from'node:module';const require=coralRequire(import.meta.url);",
    },
  });
}

/** The entry, as CommonJS: starting Node with an ES module costs a fifth more. */
async function bundleEntry(help) {
  await build({
    ...shared,
    entryPoints: ['src/main.ts'],
    outfile: `${out}/coral.js`,
    format: 'cjs',
    define: {
      CORAL_VERSION: JSON.stringify(version),
      CORAL_HELP: help === undefined ? 'undefined' : JSON.stringify(help),
    },
    plugins: [
      {
        name: 'commands-stand-beside',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\/run-cli\.js$/ }, () => ({
            path: './lib/run-cli.mjs',
            external: true,
          })),
      },
    ],
  });
}

await mkdir(out, { recursive: true });
await writeFile(`${out}/package.json`, '{ "type": "commonjs" }\n');
const { metafile } = await bundleCommands();
// Which module went into which file; a spec proves with it what a command loads.
await writeFile(`${out}/meta.json`, JSON.stringify(metafile).replaceAll(draft, 'dist/bin'));
// Once to learn what --help prints, and once with that text inside.
await bundleEntry(undefined);
const help = execFileSync(process.execPath, [`${out}/coral.js`, '--help'], { encoding: 'utf8' });
await bundleEntry(help);

const old = `${out}-old`;
await rename(`${here}dist/bin`, old).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(out, `${here}dist/bin`);
await rm(old, { recursive: true, force: true });
if (process.argv.includes('--analyze')) console.log(await analyzeMetafile(metafile));
