import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';

const packageDir = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** Runs the pinned buf, which finds the pinned protoc-gen-es on its path. No network is used. */
function buf(...args: string[]): string {
  const manifest = require.resolve('@bufbuild/buf/package.json');
  const { bin } = require(manifest) as { bin: { buf: string } };
  const binDir = join(dirname(manifest), '../../.bin');
  return execFileSync(process.execPath, [join(dirname(manifest), bin.buf), ...args], {
    cwd: packageDir,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${binDir}${delimiter}${process.env['PATH'] ?? ''}` },
  });
}

function filesUnder(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(dir.length), readFileSync(path, 'utf8')]),
  );
}

describe('the generated code', () => {
  const dir = useTempDir();

  it('is what `npm run generate` makes of the definitions', () => {
    buf('generate', '--output', dir.path);
    const fresh = filesUnder(dir.file('src/rpc/gen'));
    const committed = filesUnder(join(packageDir, 'src/rpc/gen'));
    expect(Object.keys(committed).sort()).toEqual(Object.keys(fresh).sort());
    expect(committed).toEqual(fresh);
  });

  it('comes from definitions that buf finds nothing wrong with', () => {
    expect(buf('lint')).toBe('');
    expect(() => buf('format', '--exit-code', '--diff')).not.toThrow();
  });
});
