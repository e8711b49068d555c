import { beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { sendUntilKilled } from './support/send-until-killed.js';
import { spanChunksOf, spanStreamNow } from './support/span-stream.js';
import { toTenDigits } from './support/to-ten-digits.js';

/** How often a sender is killed. */
const kills = 5;

describe('a stream of spans', () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('span-sender');
  });

  it('gives the same connections and requests in any order, with any retries and any kill -9 in between', async () => {
    const random = seededRandom();
    const seed = random.integer(1, 1_000_000);
    const chunks = spanChunksOf(seed);
    const open = (name: string) =>
      openDatabase({
        storagePath: dir.file(name),
        colonyId: 'split-dev',
        now: () => spanStreamNow,
      });

    const plain = await open('plain');
    for (const chunk of chunks) await plain.appendSpans(chunk);
    const expected = await tablesOf(plain);
    await plain.close();

    const storagePath = dir.file('killed');
    let waiting = random.shuffle(chunks.map((_, n) => n));
    for (let kill = 0; kill < kills; kill += 1) {
      const acknowledged = await sendUntilKilled(
        [program, storagePath, 'split-dev', String(seed)],
        waiting,
        random.integer(1, 25),
      );
      // What was not acknowledged is sent again, and some that was: its answer was lost.
      const lost = acknowledged.filter(() => random.next() < 0.3);
      const rest = waiting.filter((n) => !acknowledged.includes(n));
      waiting = random.shuffle([...rest, ...lost]);
    }
    const killed = await open('killed');
    for (const n of waiting) await killed.appendSpans(chunks[n]!);
    expect(await tablesOf(killed)).toEqual(expected);
    await killed.close();
    // Or the stream is too tame to test anything: guesses as well as matches.
    expect(expected.connections.some((text) => text.includes(':80'))).toBe(true);
    expect(expected.connections.length).toBeGreaterThan(20);
    expect(expected.summaries.length).toBeGreaterThan(100);
  }, 180_000);
});

async function tablesOf(
  database: Database,
): Promise<{ connections: string[]; summaries: string[] }> {
  await database.connectServices();
  await database.summarise();
  await database.rollUp();
  const { connections } = await database.getServiceTopology();
  const summaries = await database.listMetricSummaries({ limit: 10_000 });
  return {
    connections: connections.map(toTenDigits),
    summaries: summaries.map(toTenDigits).sort(),
  };
}
