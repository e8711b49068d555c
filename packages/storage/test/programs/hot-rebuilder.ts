import { openDatabase } from '../../src/index.js';

/**
 * Writes day after day and seals, so that the hot tier is made anew again and again; says when it is
 * about to seal. Arguments: storage path, colony id, first day since the epoch.
 */
const [storagePath, colonyId, firstDay] = process.argv.slice(2) as [string, string, string];
const dayMs = 86_400_000;
let day = Number(firstDay);
const database = await openDatabase({
  storagePath,
  colonyId,
  now: () => (day + 1) * dayMs,
  hotWindowMs: dayMs / 4,
});
for (; ; day += 1) {
  for (let hour = 0; hour < 24; hour += 4) {
    await database.insertMetricSummaries(
      Array.from({ length: 20_000 }, (_, n) => ({
        timestamp: new Date(day * dayMs + hour * 3_600_000 + n),
        serviceId: `service-${n % 7}`,
        metricName: 'latency',
        interval: '5m' as const,
        count: n,
      })),
    );
  }
  process.stdout.write(`day ${day}\n`);
  await database.seal();
  process.stdout.write(`sealed ${day}\n`);
}
