import { copyFileSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '../../src/duckdb/connection.js';
import { openDatabase, type MetricSummary } from '../../src/index.js';
import { say } from '../support/say-outcome.js';

/**
 * Lets an upgrade, and then sealing, meet a full disk; says, a line of JSON each, what happens.
 * Arguments: the root of a small file system; a file of schema version 1.
 */
const [root, oldFile] = process.argv.slice(2) as [string, string];
const ballast = path.join(root, 'ballast');
const storagePath = path.join(root, 'store');
const options = { storagePath, colonyId: 'full-dev' };
const dayMs = 86_400_000;
const now = Date.UTC(2026, 0, 10, 12);

mkdirSync(storagePath);
copyFileSync(oldFile, path.join(storagePath, 'full-dev.duckdb'));
fill(4_000_000);
await say('upgrade without room', () => openDatabase(options));
rmSync(ballast);
const restore = fillAt('BEGIN TRANSACTION');
await say('upgrade that fills the disk', () => openDatabase(options));
restore();
await say('files', () => readdirSync(storagePath).sort());
rmSync(ballast);
const upgraded = await openDatabase(options);
await say('upgrade with room', () => upgraded.recovery.migrationsApplied[0]);
await say('old rows', async () => (await upgraded.listEvents({ limit: 10_000 })).length > 1000);
await upgraded.close();

const sealing = { storagePath, colonyId: 'seal-dev' };
const early = await openDatabase({ ...sealing, now: () => now - 5 * dayMs });
const rows = summaries();
await early.insertMetricSummaries(rows);
await early.close();
let late = await openDatabase({ ...sealing, now: () => now });
fill(0);
await say('seal on a full disk', () => late.seal());
await say('count', () => count());
await late.close().catch(() => undefined); // It may fail; the next opening recovers.
rmSync(ballast);
late = await openDatabase({ ...sealing, now: () => now });
await say('seal with room', async () => {
  await late.seal();
});
await say('count again', () => count());
await late.close();

/** Five days of an hour's summaries each, of many services. */
function summaries(): MetricSummary[] {
  return Array.from({ length: 20_000 }, (_, index) => ({
    timestamp: new Date(now - 5 * dayMs - (index % 12) * 300_000),
    serviceId: `service-${Math.floor(index / 12)}`,
    metricName: 'latency',
    interval: '5m',
    p50: index / 7,
    mean: Math.sqrt(index),
    count: index,
  }));
}

async function count(): Promise<string> {
  const result = await late.queryReadOnly(
    'SELECT count(*), count(DISTINCT (service_id, timestamp)) FROM all_metric_summaries',
  );
  for await (const [row] of result.rows) return JSON.stringify(row);
  return 'none';
}

/** Leaves so many bytes on the disk. */
function fill(leaveBytes: number): void {
  const { bavail, bsize } = statfsSync(root);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
}

/** Fills the disk when this statement runs. @returns what ends that */
function fillAt(statement: string): () => void {
  const original = Connection.prototype.execute;
  Connection.prototype.execute = function (this: Connection, sql: string) {
    if (sql === statement) {
      Connection.prototype.execute = original;
      fill(0);
    }
    return original.call(this, sql);
  };
  return () => {
    Connection.prototype.execute = original;
  };
}
