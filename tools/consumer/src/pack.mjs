import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

// Run in a package's folder, after its build: makes the tarball that `npm publish` would upload,
// under out-tsc/pack/, and checks the tarball rather than the folder, because what is missing from
// the tarball is what users miss.

const packageRoot = process.cwd();
const destination = join(packageRoot, 'out-tsc', 'pack');
const tarball = pack();
await checkWithPublint();
checkWithAttw();
process.stdout.write(`${relative(packageRoot, tarball)}: publint and attw are content\n`);

function pack() {
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const output = execFileSync('npm', args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ filename }] = JSON.parse(output);
  return join(destination, filename);
}

async function checkWithPublint() {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const content = /** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength));
  const { messages, pkg } = await publint({ pack: { tarball: content }, strict: true });
  const serious = messages.filter(({ type }) => type !== 'suggestion');
  for (const message of messages) {
    process.stderr.write(`publint ${message.type}: ${formatMessage(message, pkg)}\n`);
  }
  if (serious.length > 0) throw new Error(`publint finds ${serious.length} fault(s) in ${tarball}`);
}

/** Are the types wrong? Every entry point must resolve, with types, for programs in ESM. */
function checkWithAttw() {
  const manifest = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
  const attw = join(dirname(manifest), 'dist', 'index.js');
  // Without DefinitelyTyped it asks no registry.
  const options = ['--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color'];
  try {
    execFileSync(process.execPath, [attw, tarball, ...options], { encoding: 'utf8' });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`attw finds faults in ${tarball}:\n${stdout}${stderr}`, { cause: error });
  }
}
