import { beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { sendUntilKilled } from './support/send-until-killed.js';
import { chunksOf, splitNow } from './support/split-stream.js';
import { toTenDigits } from './support/to-ten-digits.js';

/** How often a sender is killed. */
const kills = 5;

describe('a stream of points', () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('split-sender');
  });

  it('gives the same summaries in any order, with any retries and any kill -9 in between', async () => {
    const random = seededRandom();
    const seed = random.integer(1, 1_000_000);
    const chunks = chunksOf(seed);

    const plain = await openDatabase({
      storagePath: dir.file('plain'),
      colonyId: 'split-dev',
      now: () => splitNow,
    });
    for (const chunk of chunks) await plain.appendPoints(chunk);
    const expected = await summariesOf(plain);
    await plain.close();

    const storagePath = dir.file('killed');
    let waiting = random.shuffle(chunks.map((_, n) => n));
    for (let kill = 0; kill < kills; kill += 1) {
      const acknowledged = await sendUntilKilled(
        [program, storagePath, 'split-dev', String(seed)],
        waiting,
        random.integer(1, 50),
      );
      // What was not acknowledged is sent again, and some that was: its answer was lost.
      const lost = acknowledged.filter(() => random.next() < 0.2);
      const rest = waiting.filter((n) => !acknowledged.includes(n));
      waiting = random.shuffle([...rest, ...lost]);
    }
    const killed = await openDatabase({ storagePath, colonyId: 'split-dev', now: () => splitNow });
    for (const n of waiting) await killed.appendPoints(chunks[n]!);
    expect(await summariesOf(killed)).toEqual(expected);
    await killed.close();
    // Of three metrics: six windows of 5m, two of 15m, an hour and a day.
    expect(Object.keys(expected)).toHaveLength(30);
  }, 180_000);
});

/** By interval, time and metric. */
async function summariesOf(database: Database): Promise<Record<string, string>> {
  await database.summarise();
  await database.rollUp();
  const rows = await database.listMetricSummaries({ limit: 10_000 });
  return Object.fromEntries(
    rows.map((row) => [
      `${row.interval} ${row.timestamp.toISOString()} ${row.metricName}`,
      toTenDigits(row),
    ]),
  );
}
