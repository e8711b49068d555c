import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { buildProgram } from '../../test/support/build-program.js';

/** The allocator that keeps memory, and the call that makes it let go, are glibc's. */
const isGlibc =
  (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
    .glibcVersionRuntime !== undefined;

describe('MemoryReturn', () => {
  const dir = useTempDir();

  it('gives memory that was freed back to the system while a database is open', async () => {
    const program = await buildProgram('memory-freer');
    const output = execFileSync(process.execPath, ['--expose-gc', program, dir.path], {
      encoding: 'utf8',
    });
    const { most, left } = JSON.parse(output) as { most: number; left: number };
    expect(most).toBeGreaterThan(200);
    expect(left).toBeLessThan(isGlibc ? most - 100 : most);
  }, 60_000);
});
