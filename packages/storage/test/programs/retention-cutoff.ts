import { openDatabase, type RetentionPolicy } from '../../src/index.js';

/** Deletes by age around a cutoff and prints what went and what stayed. Argument: storage path. */
const now = Date.UTC(2026, 2, 8, 10, 30);
const hour = 3_600_000;
await using database = await openDatabase({
  storagePath: process.argv[2]!,
  colonyId: 'clock-dev',
  now: () => now,
});
const cutoff = now - 48 * hour;
// As far away as time zones are from each other, and a millisecond to either side.
const offsets = [-26 * hour, -14 * hour, -1, 0, 1, 3.5 * hour, 14 * hour, 26 * hour];
for (const offset of offsets) {
  const at = new Date(cutoff + offset);
  await database.recordEvent({ serviceId: 'a', eventType: 'deploy', timestamp: at });
}
await database.insertMetricSummaries(
  offsets.map((offset) => ({
    timestamp: new Date(cutoff + offset),
    serviceId: 'a',
    metricName: 'latency',
    interval: '5m',
  })),
);
const keepMs = 48 * hour;
const policy: RetentionPolicy = {
  trashMs: hour,
  rules: [
    { table: 'events', keepMs },
    { table: 'metric_summaries', keepMs },
  ],
};
const { rules } = await database.planRetention(policy);
console.log(JSON.stringify(rules.map(({ cutoff: at, rows, oldest }) => [at, rows, oldest])));
const { id } = await database.applyRetention(policy);
const events = await database.listEvents();
const summaries = await database.listMetricSummaries();
console.log(JSON.stringify([events.map(since).reverse(), summaries.map(since)]));
await database.undoRetention(id!);
console.log(JSON.stringify((await database.listMetricSummaries()).map(since)));

function since({ timestamp }: { readonly timestamp: Date }): number {
  return timestamp.getTime() - cutoff;
}
