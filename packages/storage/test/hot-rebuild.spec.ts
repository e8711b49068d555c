import { describe, expect, it } from '@jest/globals';
import { cleanEnv, seededRandom, spawnProcess, useTempDir } from '@coral/testkit';
import { openDatabase } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, rows } from './support/look-ups.js';

const rowsPerDay = 120_000;

describe('the hot tier made anew', () => {
  const dir = useTempDir();

  it('loses and doubles no row when the process is killed meanwhile', async () => {
    const program = await buildProgram('hot-rebuilder');
    const random = seededRandom();
    let day = 20_000;
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const child = await spawnProcess({
        command: process.execPath,
        args: [program, dir.path, 'rebuild-dev', String(day)],
        env: cleanEnv({ home: dir.path }),
      });
      // From the second day on, sealing leaves as many dead rows as live ones.
      await child.waitForOutput(new RegExp(`^day ${day + 2}$`, 'm'), { timeoutMs: 120_000 });
      await new Promise((resolve) => setTimeout(resolve, random.integer(0, 2_500)));
      await child.kill9();
      expect(child.stderr).toBe('');
      const last = Math.max(
        ...[...child.stdout.matchAll(/^day (\d+)$/gm)].map(([, n]) => Number(n)),
      );
      const database = await openDatabase({ storagePath: dir.path, colonyId: 'rebuild-dev' });
      try {
        const days = await rows(
          database,
          `SELECT epoch_us(date_trunc('day', timestamp)) // 86400000000, count(*),
             count(DISTINCT (timestamp, service_id, count))
           FROM all_metric_summaries GROUP BY ALL HAVING min(timestamp) < make_timestamp(${last + 1} * 86400000000)
           ORDER BY ALL`,
        );
        expect(days).toEqual(
          Array.from({ length: last - 20_000 + 1 }, (_, n) => [20_000 + n, rowsPerDay, rowsPerDay]),
        );
        expect(await differingLookUps(database)).toEqual([]);
      } finally {
        await database.close();
      }
      day = last + 1;
      const again = await openDatabase({ storagePath: dir.path, colonyId: 'rebuild-dev' });
      await again.close();
    }
  }, 600_000);
});
