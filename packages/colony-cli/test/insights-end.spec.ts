// Insights that a person ends, of a stopped colony and of a running one.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

/** A stopped colony with so many active insights. */
async function prepare(coral: CoralWorld, count: number): Promise<void> {
  const { openDatabase } = await import('@coral/storage');
  const colonyId = await coral.init();
  await using database = await openDatabase({
    storagePath: join(coral.project, '.coral'),
    colonyId,
  });
  for (let n = 1; n <= count; n += 1) {
    await database.createInsight({
      insightType: 'anomaly',
      priority: 'low',
      title: `Trouble ${n}`,
      summary: 'What there is to know.',
    });
  }
}

describe('coral insights dismiss, coral insights resolve', () => {
  const coral = useCoral();

  async function statuses(): Promise<Record<number, string>> {
    const rows = await coral.json<{ id: number; status: string }[]>([
      'insights',
      '--status',
      'all',
    ]);
    return Object.fromEntries(rows.map(({ id, status }) => [id, status]));
  }

  it('end insights, stopped and running alike, and say what became of each', async () => {
    await prepare(coral, 6);
    const end = async (first: number) => {
      const [a, b, c] = [first, first + 1, first + 2].map(String) as [string, string, string];
      const dismissed = await coral.run(['insights', 'dismiss', a, b, a]);
      expect(dismissed).toMatchObject({
        code: 0,
        stderr: '',
        stdout: `Insight ${a}, dismissed now: Trouble ${a}\nInsight ${b}, dismissed now: Trouble ${b}\n`,
      });
      expect(await coral.json(['insights', 'resolve', b, c])).toEqual([
        { id: Number(b), title: `Trouble ${b}`, status: 'dismissed', changed: false },
        { id: Number(c), title: `Trouble ${c}`, status: 'resolved', changed: true },
      ]);
      expect((await coral.run(['insights', 'dismiss', c])).stdout).toBe(
        `Insight ${c}, resolved before, and stays so: Trouble ${c}\n`,
      );
    };
    await end(1);
    await coral.start(['--no-self-metrics']);
    await end(4);
    const expected = ['dismissed', 'dismissed', 'resolved'];
    expect(await statuses()).toEqual(
      Object.fromEntries([...expected, ...expected].map((status, n) => [n + 1, status])),
    );
  }, 120_000);

  it('change nothing when there is no such insight, and say what an id looks like', async () => {
    await prepare(coral, 1);
    const missing = await coral.run(['insights', 'dismiss', '1', '7']);
    expect([missing.code, missing.stdout]).toEqual([65, '']);
    expect(missing.stderr).toContain('has 7, and there is no such insight');
    expect(await statuses()).toEqual({ 1: 'active' });
    expect((await coral.run(['insights', 'dismiss', '1', 'seven'])).code).toBe(2);
    expect((await coral.run(['insights', 'resolve'])).code).toBe(2);
  });
});
