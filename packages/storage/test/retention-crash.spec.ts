import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, seededRandom, spawnProcess, useTempDir } from '@coral/testkit';
import { readdir } from 'node:fs/promises';
import { openDatabase, type Database } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, rows } from './support/look-ups.js';

const cycles = Number(process.env['CORAL_CRASH_CYCLES'] ?? 10);
const colonyId = 'crash-dev';
const now = Date.UTC(2026, 5, 30, 12);
const day = 86_400_000;
const events = 8_000;
const summaries = 30_000;
const insights = 50;

describe(`retention and its undo, killed ${cycles} times`, () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('retention-worker');
  });

  it('lose no row, and double none', async () => {
    const random = seededRandom();
    await fill();
    const before = await look(fingerprint);
    const phases = new Set<string>();
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      for (const phase of await runAndKill(random.integer(0, 900))) phases.add(phase);
      // Now and then the next worker goes on where this one was killed.
      if (cycle !== cycles && random.next() < 0.4) continue;
      expect(await look(backInPlace)).toEqual(before);
    }
    expect([...phases].sort()).toEqual(['delete', 'ready', 'restore']);
  }, 300_000);

  async function fill(): Promise<void> {
    await look(async (database) => {
      await database.recordEvents(
        Array.from({ length: events }, (_, index) => ({
          serviceId: `s${index % 20}`,
          eventType: `t${index % 3}`,
          timestamp: new Date(now - 2 * day - index * 1000),
          correlationGroup: `g${index % 500}`,
        })),
      );
      await database.insertMetricSummaries(
        Array.from({ length: summaries }, (_, index) => ({
          timestamp: new Date(now - 2 * day - Math.floor(index / 100) * 300_000),
          serviceId: `s${index % 20}`,
          metricName: `m${Math.floor((index % 100) / 20)}`,
          interval: '5m' as const,
          p50: index,
          count: 1,
        })),
      );
      for (let index = 0; index < insights; index += 1) {
        const id = await database.createInsight({
          createdAt: new Date(now - 2 * day),
          insightType: 'pattern',
          priority: 'low',
          title: String(index),
          summary: '',
        });
        await database.dismissInsight(id);
      }
    });
  }

  /** What the file holds once everything in the trash is brought back. */
  async function backInPlace(database: Database): Promise<unknown> {
    expect(database.recovery.clean).toBe(false);
    for (const { id } of await database.listTrash()) await database.undoRetention(id);
    // Any run sweeps away what no entry names.
    await database.applyRetention({ rules: [], trashMs: 7 * day });
    expect(await database.listTrash()).toEqual([]);
    expect((await readdir(dir.path, { recursive: true })).filter(isTrash)).toEqual([]);
    expect(await differingLookUps(database, { newest: 50 })).toEqual([]);
    return fingerprint(database);
  }

  async function look<T>(at: (database: Database) => Promise<T>): Promise<T> {
    const database = await openDatabase({ storagePath: dir.path, colonyId, now: () => now });
    try {
      return await at(database);
    } finally {
      await database.close();
    }
  }

  /** @returns what the worker said */
  async function runAndKill(afterMs: number): Promise<string[]> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, dir.path, colonyId, String(now)],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/^ready/m, { timeoutMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    expect(await child.kill9()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(child.stderr).toBe('');
    return child.stdout.trim().split('\n');
  }
});

const isTrash = (name: string) => name.includes('.parquet');

/** Every row, told in a few numbers. */
async function fingerprint(database: Database): Promise<unknown> {
  const told = await rows(
    database,
    `SELECT 'events', count(*), count(DISTINCT id), bit_xor(hash(events))::VARCHAR
     FROM events WHERE service_id <> 'coral-colony'
     UNION ALL
     SELECT 'summaries', count(*), count(DISTINCT (timestamp, service_id, metric_name, interval)),
       bit_xor(hash(s))::VARCHAR FROM all_metric_summaries s
     UNION ALL
     SELECT 'insights', count(*), count(DISTINCT id), bit_xor(hash(insights))::VARCHAR FROM insights
     ORDER BY ALL`,
  );
  expect(told.map(([name, all, distinct]) => [name, all, distinct])).toEqual([
    ['events', events, events],
    ['insights', insights, insights],
    ['summaries', summaries, summaries],
  ]);
  return told;
}
