// One question to several colonies: one that runs, one that is stopped, and some that cannot answer.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

const question = 'SELECT event_type, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL';

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly failures: readonly { readonly colony_id: string; readonly code: string }[];
  readonly truncated: readonly string[];
}

/** A colony in a folder of its own with one event; left running. */
async function makeColony(coral: CoralWorld, app: string): Promise<{ id: string; cwd: string }> {
  const cwd = coral.dir.file(app);
  await mkdir(cwd, { recursive: true });
  const { colony_id: id } = await coral.json<{ colony_id: string }>(['init', app], { cwd });
  await coral.start(['--detach', '--no-self-metrics'], { cwd });
  await coral.json(['events', 'record', 'deploy', '--service', app], { cwd });
  return { id, cwd };
}

describe('coral query', () => {
  const coral = useCoral();

  it('asks a running and a stopped colony at once, wherever they keep their files', async () => {
    const shop = await makeColony(coral, 'shop');
    const web = await makeColony(coral, 'web');
    await coral.run(['colony', 'stop'], { cwd: web.cwd });
    const expected = [shop.id, web.id].map((colony_id) => ({
      colony_id,
      event_type: 'deploy',
      n: 1,
    }));
    const both = ['query', question, '--colonies', `${shop.id},${web.id}`];
    expect(await coral.json<Answer>(both)).toEqual({
      rows: expected,
      failures: [],
      truncated: [],
    });
    expect((await coral.json<Answer>(['query', '--all', question])).rows).toEqual(expected);
    const table = await coral.run(both, { cwd: shop.cwd });
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^colony_id +event_type +n\n/);
    // The stopped one was let go, and starts.
    await coral.start(['--detach'], { cwd: web.cwd });
  });

  it('shows the rest when a colony does not answer, says so, and exits with 4', async () => {
    const shop = await makeColony(coral, 'shop');
    const web = await makeColony(coral, 'web');
    const never = await coral.init('never');
    process.kill((await status(coral, web.cwd)).pid, 'SIGSTOP');
    const ids = [shop.id, web.id, never, 'unknown-dev'].join(',');
    const args = ['query', question, '--colonies', ids, '--timeout', '1'];
    const result = await coral.run([...args, '--json']);
    const answer = JSON.parse(result.stdout) as Answer;
    process.kill((await runFile(coral, web.id)).pid, 'SIGCONT');
    expect(result.code).toBe(4);
    expect(answer.rows).toEqual([{ colony_id: shop.id, event_type: 'deploy', n: 1 }]);
    expect(Object.fromEntries(answer.failures.map((one) => [one.colony_id, one.code]))).toEqual({
      [web.id]: 'STORAGE_TIMEOUT',
      [never]: 'CLI_NO_DATABASE',
      'unknown-dev': 'CONFIG_COLONY_UNKNOWN',
    });
    const table = await coral.run(['query', question, '--colonies', `${shop.id},${never}`]);
    expect(table.code).toBe(4);
    expect(table.stderr).toContain(`${never}: It has no database yet`);
    const all = await coral.run(['query', question, '--all', '--timeout', '1', '--json']);
    expect(all.code).toBe(4);
    expect((JSON.parse(all.stdout) as Answer).failures).toEqual([
      expect.objectContaining({ colony_id: never, code: 'CLI_NO_DATABASE' }),
    ]);
  });

  it('exits as the first failure does when no colony answers', async () => {
    const { id } = await makeColony(coral, 'shop');
    const invalid = await coral.run(['query', 'SELECT nonsense', '--colonies', id]);
    expect([invalid.code, invalid.stdout]).toEqual([65, '']);
    expect(invalid.stderr).toMatch(/Cannot run the query: .*\^\nCorrect the SQL and try again\./s);
    const refused = await coral.run(['query', 'DELETE FROM events', '--colonies', id]);
    expect(refused.code).toBe(77);
    expect((await coral.run(['query', 'SELECT 1'])).code).toBe(2);
  });

  it('says when a colony had more rows', async () => {
    const { id } = await makeColony(coral, 'shop');
    const args = ['query', 'FROM range(5)', '--max-rows', '2', '--colonies', id];
    expect(await coral.json<Answer>(args)).toMatchObject({ truncated: [id] });
    expect((await coral.run(args)).stderr).toBe(
      `${id}: only the first 2 rows; --max-rows allows more.\n`,
    );
  });
});

async function status(coral: CoralWorld, cwd: string): Promise<{ pid: number }> {
  return coral.json(['colony', 'status'], { cwd });
}

async function runFile(coral: CoralWorld, id: string): Promise<{ pid: number }> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(join(coral.home, '.coral', 'run', `${id}.json`), 'utf8');
  return JSON.parse(text) as { pid: number };
}
