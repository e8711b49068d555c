import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';

const packageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

describe('the generated kernel', () => {
  const dir = useTempDir();

  it('is what `npm run generate` makes of assembly/', () => {
    const fresh = dir.file('kernel.ts');
    execFileSync(process.execPath, [path.join(packageDir, 'generate-kernel.mjs'), fresh]);
    const committed = path.join(packageDir, 'src/kernel/gen/kernel-base64.ts');
    expect(readFileSync(committed, 'utf8')).toBe(readFileSync(fresh, 'utf8'));
  }, 60_000);
});
