import { expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { writeFile } from 'node:fs/promises';
import { openDatabase } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { rows } from './support/look-ups.js';

const dir = useTempDir();
const colonyId = 'import-dev';
const count = 20_000;

it.each([
  ['between two groups', /^write 5000$/m],
  ['after the last commit, before anybody is told', /^write 20000$/m],
])(
  'events without ids are there once when their import is killed %s and repeated',
  async (_, at) => {
    const input = dir.file('events.csv');
    const lines = Array.from(
      { length: count },
      (_, n) => `2026-01-01T00:00:00Z,service-${n % 3},deploy,"{""n"":${n}}"`,
    );
    await writeFile(input, `timestamp,service_id,event_type,details\n${lines.join('\n')}\n`);
    const child = await spawnProcess({
      command: process.execPath,
      args: [await buildProgram('importer'), dir.path, colonyId, input],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(at, { timeoutMs: 60_000 });
    await child.kill9();
    const database = await openDatabase({ storagePath: dir.path, colonyId });
    try {
      const before = `SELECT count(*) FROM events WHERE event_type = 'deploy'`;
      expect(Number((await rows(database, before))[0]![0])).toBeGreaterThan(0);
      await database.recordEvent({ serviceId: 'service-1', eventType: 'crash' });
      expect(await database.importTable({ input, table: 'events' })).toMatchObject({ rows: count });
      expect(
        await rows(
          database,
          `SELECT event_type, count(*)::INTEGER, count(DISTINCT details)::INTEGER FROM events
         WHERE service_id LIKE 'service-%' GROUP BY ALL ORDER BY ALL`,
        ),
      ).toEqual([
        ['crash', 1, 0],
        ['deploy', count, count],
      ]);
    } finally {
      await database.close();
    }
  },
);
