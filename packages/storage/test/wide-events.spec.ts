import { expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { openDatabase } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { rows } from './support/look-ups.js';

const dir = useTempDir();
const colonyId = 'wide-dev';
const dayMs = 86_400_000;
/** DuckDB unpacks 2,048 rows at once: of these twice what is allowed. */
const memoryLimitBytes = 64 * 1024 ** 2;
const count = 2_000;

it('events of 64 KB that need more memory than is allowed cannot be listed or deleted by age, say so, and stay', async () => {
  await (await openDatabase({ storagePath: dir.path, colonyId })).close();
  await bareDuckdb(
    dir.file(`${colonyId}.duckdb`),
    `INSERT INTO events
     SELECT nextval('events_id_sequence'), make_timestamp(i * 1_000_000), 'service-1', 'deploy',
       '{"m":"' || repeat(md5(i::VARCHAR), 2047) || '"}', NULL
     FROM range(1, ${count + 1}) AS t(i)`,
  );
  const database = await openDatabase({ storagePath: dir.path, colonyId, memoryLimitBytes });
  try {
    const tooMuch = { code: 'STORAGE_OUT_OF_MEMORY' };
    await expect(database.listEvents()).rejects.toMatchObject(tooMuch);
    const rules = [{ table: 'events' as const, keepMs: dayMs }];
    await expect(database.applyRetention({ rules, trashMs: 7 * dayMs })).rejects.toMatchObject(
      tooMuch,
    );
    await database.recordEvent({ serviceId: 'service-2', eventType: 'deploy' });
    expect(await rows(database, 'SELECT count(*)::INTEGER FROM events')).toEqual([[count + 1]]);
  } finally {
    await database.close();
  }
  const roomy = await openDatabase({ storagePath: dir.path, colonyId });
  expect(await roomy.listEvents({ serviceId: 'service-1', limit: 10 })).toHaveLength(10);
  await roomy.close();
}, 120_000);

it('many events of 64 KB are recorded under a small memory limit', async () => {
  const database = await openDatabase({ storagePath: dir.path, colonyId, memoryLimitBytes });
  const details = { text: 'x'.repeat(64_000) };
  const group = Array.from({ length: 50 }, () => ({
    serviceId: 'service-1',
    eventType: 'deploy',
    details,
  }));
  // More of them than the memory holds.
  for (let n = 0; n < 24; n += 1) await database.recordEvents(group);
  expect(await rows(database, 'SELECT count(*)::INTEGER FROM events')).toEqual([[24 * 50]]);
  await database.close();
}, 120_000);
