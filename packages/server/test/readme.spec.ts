import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { codeBlocks, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it, jest } from '@jest/globals';

const packageRoot = new URL('../', import.meta.url);

describe('README', () => {
  it('has examples that run, one after the other, and print what they say', async () => {
    const readme = await readFile(new URL('README.md', packageRoot), 'utf8');
    const examples = codeBlocks(readme).filter(({ language }) => language === 'ts');
    const directory = new URL('out-tsc/readme/', packageRoot);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const program = new URL('program.ts', directory);
    await writeFile(program, examples.map(({ code }) => code).join('\n'));

    // The example keeps its store in .coral of the working directory.
    const before = process.cwd();
    onTestEnd(() => process.chdir(before));
    process.chdir(useTempDir().path);
    const printed: unknown[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((value) => void printed.push(value));
    onTestEnd(() => log.mockRestore());
    await import(fileURLToPath(program));

    const [status, services, rows, ids] = printed;
    expect(status).toBe(200);
    expect(services).toEqual({
      services: expect.arrayContaining([expect.objectContaining({ id: 'cart' })]),
    });
    expect(rows).toMatch(/\{"rows":\[\["cart","running"\]\]\}\n\{"end":/);
    expect(ids).toEqual([1]);
  });
});
