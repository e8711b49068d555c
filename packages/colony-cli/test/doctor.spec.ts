// What is wrong with a colony, and whether the commands that mend it exist.
import { chmod, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import { coralPath, useCoral } from './use-coral.js';

interface Row {
  readonly check: string;
  readonly severity: string;
  readonly message: string;
  readonly remedy: string | null;
}

const errorsOf = (rows: readonly Row[]) => rows.filter(({ severity }) => severity === 'error');

describe('coral doctor', () => {
  const coral = useCoral();
  const databaseOf = async () => {
    const directory = join(coral.project, '.coral');
    const names = await readdir(directory);
    return join(
      directory,
      names.find((name) => name.endsWith('.duckdb'))!,
    );
  };

  it.each(['running', 'stopped'])('finds nothing broken in a %s colony', async (state) => {
    await coral.init();
    await coral.start(['--detach', '--no-self-metrics']);
    if (state === 'stopped') await coral.run(['colony', 'stop']);
    const rows = await coral.json<Row[]>(['doctor']);
    const checks = ['lock', 'disk', 'permissions', 'log', 'upgrade', 'backup', 'open', 'schema'];
    expect(rows.map(({ check }) => check)).toEqual([...checks, 'indexes', 'clock']);
    expect(errorsOf(rows)).toEqual([]);
    const backup = rows.find(({ check }) => check === 'backup');
    expect(backup?.message).toBe(`There is no backup in ${join(coral.project, '.coral/backups')}.`);
    const { stdout, code } = await coral.run(['doctor', '--repair']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('coral colony backup')]);
  });

  it('names a way to a backup that ends its warning', async () => {
    await coral.init();
    await coral.start(['--detach', '--no-self-metrics']);
    const backupOf = async () =>
      (await coral.json<Row[]>(['doctor'])).find(({ check }) => check === 'backup');
    const script = `coral() { '${process.execPath}' '${coralPath}' "$@"; }\n${(await backupOf())!.remedy!}`;
    const shell = await spawnProcess({
      command: 'bash',
      args: ['-c', script],
      env: coral.env(),
      cwd: coral.project,
    });
    expect((await shell.waitForExit({ timeoutMs: 30_000 })).code).toBe(0);
    expect(await backupOf()).toMatchObject({ severity: 'ok' });
  });

  it('says what a kill left behind', async () => {
    await coral.init();
    const { process, run } = await coral.start();
    await process.kill9();
    const rows = await coral.json<Row[]>(['doctor']);
    expect(rows.find(({ check }) => check === 'lock')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining(String(run.pid)),
    });
  });

  it('exits 1 and names the way out when the file is damaged', async () => {
    await coral.init();
    await coral.start(['--detach', '--no-self-metrics']);
    await coral.run(['colony', 'stop']);
    await truncate(await databaseOf(), 5000);
    const { code, stdout } = await coral.run(['doctor', '--json']);
    expect(code).toBe(1);
    expect(errorsOf(JSON.parse(stdout) as Row[])).toMatchObject([
      {
        check: 'open',
        message: expect.stringContaining('STORAGE_CORRUPT'),
        remedy: 'coral colony restore --input <backup>',
      },
    ]);
  });

  it('finds a file that others may write', async () => {
    await coral.init();
    await coral.start(['--detach', '--no-self-metrics']);
    await chmod(await databaseOf(), 0o666);
    const { code, stdout } = await coral.run(['doctor', '--json']);
    expect(code).toBe(1);
    expect(errorsOf(JSON.parse(stdout) as Row[])).toMatchObject([{ check: 'permissions' }]);
  });

  it('names only commands that there are', async () => {
    const sources = [
      ...(await sourcesIn('../../storage/src/doctor/')),
      ...(await sourcesIn('../src/doctor/')),
    ];
    const named = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/coral ((?:[a-z]+ ?)+)(?:--([a-z]+))?/g)].map((match) =>
          [match[1]!.trim(), match[2] ?? ''].join('|'),
        ),
      ),
    );
    expect(named.size).toBeGreaterThan(4);
    for (const command of named) {
      const [words, option] = command.split('|') as [string, string];
      const { code, stdout } = await coral.run([...words.split(' '), '--help']);
      expect([words, code]).toEqual([words, 0]);
      expect(stdout).toContain(`coral ${words}`);
      if (option !== '') expect(stdout).toContain(`--${option}`);
    }
  });
});

/** The code of a folder, without its comments and the words around commands. */
async function sourcesIn(folder: string): Promise<string[]> {
  const directory = new URL(folder, import.meta.url);
  const names = await readdir(directory);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, directory), 'utf8')));
  return texts.flatMap((text) => [
    ...[...text.matchAll(/remedy: [^\n]*|^  [A-Z_]+: '.*$|const remedy = .*/gm)].map(
      ([line]) => line,
    ),
  ]);
}
