import { openDatabase } from '../../src/index.js';

/** Prints what times look like to SQL and to the reader. Argument: storage path. */
await using database = await openDatabase({
  storagePath: process.argv[2]!,
  colonyId: 'clock-dev',
  now: () => Date.UTC(2026, 2, 29, 1, 30),
});
await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
const [event] = await database.getRecentEvents('checkout');
const { rows } = await database.queryReadOnly(`
  SELECT current_setting('TimeZone'), timestamp, timestamp::VARCHAR, timestamp::TIMESTAMPTZ,
    timestamp::TIMESTAMPTZ::VARCHAR, date_trunc('day', timestamp::TIMESTAMPTZ)
  FROM events`);
for await (const [row] of rows) console.log(JSON.stringify([event!.timestamp, ...row!]));
