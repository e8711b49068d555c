// Background work, now and by itself.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@coral/testkit';
import type { CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

interface Job {
  readonly name: string;
  readonly duration_ms: number;
  readonly rows?: number;
}

const jobs = ['connectServices', 'summarise', 'rollUp', 'learn', 'seal', 'retention'];

/** A stopped colony with ten summaries of three days ago. */
async function prepare(coral: CoralWorld): Promise<void> {
  const { openDatabase } = await import('@coral/storage');
  const colonyId = await coral.init();
  const database = await openDatabase({ storagePath: join(coral.project, '.coral'), colonyId });
  try {
    await database.insertMetricSummaries(
      Array.from({ length: 10 }, (_, n) => ({
        timestamp: new Date(Date.now() - 3 * 86_400_000 + n),
        serviceId: 'shop/api',
        metricName: 'latency',
        interval: '5m' as const,
        count: n,
      })),
    );
  } finally {
    await database.close();
  }
}

const tiers = `SELECT (SELECT count(*) FROM metric_summaries WHERE service_id = 'shop/api') AS hot,
  (SELECT count(*) FROM metric_history) AS history`;

describe('coral colony maintain', () => {
  const coral = useCoral();

  it('does what is due on a stopped colony, and says what', async () => {
    await prepare(coral);
    const done = await coral.json<Job[]>(['colony', 'maintain']);
    expect(done.map(({ name }) => name)).toEqual(expect.arrayContaining(jobs));
    expect(done.find(({ name }) => name === 'seal')).toMatchObject({ rows: 10 });
    expect(await coral.json(['sql', tiers])).toEqual([{ hot: 0, history: 10 }]);
    const { stdout } = await coral.run(['colony', 'maintain']);
    expect(stdout).toMatch(/^seal +.*rows 0, steps 0/m);
  });

  it('does it on a running colony, which seals old days by itself', async () => {
    await prepare(coral);
    await coral.start(['--detach', '--no-self-metrics']);
    await eventually(
      async () => {
        expect(await coral.json(['sql', tiers])).toEqual([{ hot: 0, history: 10 }]);
      },
      { timeoutMs: 30_000 },
    );
    const done = await coral.json<Job[]>(['colony', 'maintain']);
    expect(done.map(({ name }) => name)).toEqual(expect.arrayContaining(jobs));
  });
});
