// Compiles assembly/ to WebAssembly and writes it as a module. usage: node generate-kernel.mjs [file]
import asc from 'assemblyscript/asc';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const target = process.argv[2] ?? path.join(import.meta.dirname, 'src/kernel/gen/kernel-base64.ts');

/** @type {Uint8Array | undefined} */
let binary;
const { error, stderr } = await asc.main(
  [
    'assembly/index.ts',
    '--outFile',
    'kernel.wasm',
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--runtime',
    'stub',
    '--noAssert',
    '--enable',
    'simd',
    '--enable',
    'bulk-memory',
  ],
  {
    baseDir: import.meta.dirname,
    writeFile: (/** @type {string} */ _name, /** @type {Uint8Array} */ contents) => {
      binary = contents;
    },
  },
);
if (error || !binary) throw new Error(`assembly/ does not compile: ${stderr.toString()}`);
writeFileSync(
  target,
  `// Made from assembly/ by \`npm run generate\`.\nexport const kernelBase64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
);
