// What a backup holds when others write and maintain meanwhile.
import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { restoreDatabase, type Database } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { differingLookUps } from './support/look-ups.js';
import { numberPoints } from './support/number-points.js';
import { openStore } from './support/open-store.js';

const dir = useTempDir();
/** Events of one group are acknowledged together, and so must be found together. */
const groupSize = 5;

/** Writes groups of events, heartbeats and points until it is told to stop. */
function startWriters(database: Database, workers: number) {
  const acknowledged = new Set<string>();
  const tried = new Set<string>();
  let isStopped = false;
  const work = async (worker: number): Promise<void> => {
    for (let count = 0; !isStopped; count += 1) {
      const group = `${worker}-${count}`;
      tried.add(group);
      await database.recordEvents(
        Array.from({ length: groupSize }, () => ({
          serviceId: `service-${worker}`,
          eventType: 'deploy',
          correlationGroup: group,
        })),
      );
      acknowledged.add(group);
      await database.upsertService({
        id: `service-${count % 7}`,
        name: group,
        appId: 'app',
        agentId: `agent-${worker}`,
      });
      const series = { serviceId: 'sender', metricName: `m${worker}`, kind: 'gauge' as const };
      await database.appendPoints(numberPoints(series, [{ timeMs: Date.now(), value: count }]));
    }
  };
  const done = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return {
    acknowledged,
    tried,
    stop: async () => {
      isStopped = true;
      await done;
    },
  };
}

describe('a backup of a database that is written to', () => {
  it('holds everything acknowledged before it began, and groups whole or not at all', async () => {
    const database = await openStore(dir);
    const writers = startWriters(database, 4);
    for (let round = 0; round < 3; round += 1) {
      // So that there is something to copy while they write.
      await database.recordEvents(
        Array.from({ length: 5_000 }, (_, index) => ({
          serviceId: `bulk-${index % 50}`,
          eventType: 'restart',
          details: { text: 'x'.repeat(100) },
        })),
      );
      const before = [...writers.acknowledged];
      const maintaining = database.maintain();
      const { manifest } = await database.backup({ output: dir.file(`backup-${round}`) });
      await maintaining;
      const after = new Set(writers.tried);
      await restoreDatabase({
        storagePath: dir.path,
        colonyId: `restored-${round}`,
        input: dir.file(`backup-${round}`),
      });
      const file = dir.file(`restored-${round}.duckdb`);
      const groups = await bareDuckdb(
        file,
        `SELECT correlation_group, count(*)::INTEGER FROM events
         WHERE correlation_group IS NOT NULL GROUP BY ALL`,
      );
      expect(groups.filter(([, count]) => count !== groupSize)).toEqual([]);
      const found = new Set(groups.map(([group]) => group as string));
      expect(before.filter((group) => !found.has(group))).toEqual([]);
      expect([...found].filter((group) => !after.has(group))).toEqual([]);
      const [[events]] = (await bareDuckdb(file, 'SELECT count(*)::INTEGER FROM events')) as [
        [number],
      ];
      expect(manifest.tables['events']?.rows).toBe(events);
      expect(before.length).toBeGreaterThan(0);
    }
    await writers.stop();
    expect(writers.acknowledged.size).toBe(writers.tried.size);
    expect(database.state).toBe('open');
  }, 60_000);

  it('serves look-ups from its indexes as a scan would', async () => {
    const database = await openStore(dir);
    const writers = startWriters(database, 4);
    await database.snapshot();
    await database.snapshot();
    await database.backup({ output: dir.file('backup') });
    await writers.stop();
    await restoreDatabase({
      storagePath: dir.path,
      colonyId: 'restored',
      input: dir.file('backup'),
    });
    const restored = await openStore(dir, { colonyId: 'restored' });
    expect(await differingLookUps(restored, { newest: 30 })).toEqual([]);
    expect(restored.recovery).toMatchObject({ clean: true, indexesRepaired: [] });
  }, 60_000);
});
