// What an insight rests on, of a stopped colony and of a running one.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

interface Why {
  readonly id: number;
  readonly title: string;
  readonly evidence: readonly {
    readonly sql: string;
    readonly then: { readonly rows: readonly unknown[] };
    readonly now: { readonly rows: readonly unknown[] };
  }[];
}

const windowMs = 300_000;

/** A stopped colony with two days of summaries, at whose end `shop/api` became slow. */
async function prepare(coral: CoralWorld): Promise<void> {
  const { openDatabase } = await import('@coral/storage');
  const colonyId = await coral.init();
  const database = await openDatabase({ storagePath: join(coral.project, '.coral'), colonyId });
  const endMs = Math.floor(Date.now() / windowMs) * windowMs;
  try {
    await database.insertMetricSummaries(
      Array.from({ length: 576 }, (_, n) => ({
        timestamp: new Date(endMs - (576 - n) * windowMs),
        serviceId: 'shop/api',
        metricName: 'latency',
        interval: '5m' as const,
        mean: (n < 564 ? 100 : 400) + (n % 5),
        p50: 100,
        count: 30,
      })),
    );
  } finally {
    await database.close();
  }
}

describe('coral insights why', () => {
  const coral = useCoral();

  it('shows what an insight rests on, and runs it again, stopped and running alike', async () => {
    await prepare(coral);
    await coral.json(['colony', 'maintain']);
    const [insight] = await coral.json<{ id: number; title: string }[]>(['insights']);
    expect(insight!.title).toMatch(/^latency of shop\/api rose to \S+ times its normal level$/);
    const ask = async () => {
      const why = await coral.json<Why>(['insights', 'why', String(insight!.id)]);
      const { stdout, code } = await coral.run(['insights', 'why', String(insight!.id)]);
      expect(code).toBe(0);
      return { why, stdout };
    };
    const stopped = await ask();
    expect(stopped.why).toMatchObject({ id: insight!.id, title: insight!.title });
    for (const { sql, then, now } of stopped.why.evidence) {
      expect(then.rows.length).toBeGreaterThan(0);
      expect(now).toEqual(then);
      expect(await coral.json<unknown[]>(['sql', sql])).toHaveLength(now.rows.length);
    }
    expect(stopped.stdout).toMatch(/^SERVICE_ID +METRIC_NAME +NORMAL THEN +NOW/m);
    expect(stopped.stdout).toContain('    FROM all_metric_summaries');
    await coral.start(['--no-self-metrics']);
    expect(await ask()).toEqual(stopped);
  }, 120_000);

  it('says that there is no such insight, and what an id looks like', async () => {
    await prepare(coral);
    const missing = await coral.run(['insights', 'why', '7']);
    expect([missing.code, missing.stdout]).toEqual([65, '']);
    expect(missing.stderr).toContain('SERVER_INPUT_INVALID');
    expect((await coral.run(['insights', 'why', 'seven'])).code).toBe(2);
  });
});
