import { writeSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '@coral/testkit';
import { compactDatabase, openDatabase, type Database } from '../src/index.js';
import { numberPoints } from '../test/support/number-points.js';
import { onceKinds, versionedKinds, type OnceKind, type Write } from './write.js';

/**
 * Writes to every table while background jobs run, until it is killed. Before each write it says what
 * it tries, and once the write is acknowledged it says so: what must and may be in the file then.
 *
 * Arguments: storage path, colony id, number of the run, its clock (ms), its seed, and what it does
 * first: `compact` the file, `migrate` it by opening it, or only `open` it.
 */
const [storagePath, colonyId, run, clock, seed, first] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  'compact' | 'migrate' | 'open',
];
const now = Number(clock);
const random = seededRandom(Number(seed));
const kinds = [...versionedKinds, ...onceKinds];
const workers = 16;
const keysPerKind = 5;
const dayMs = 86_400_000;
/** Versions grow over all runs, so that a lost update shows as an older one. */
const firstVersion = Number(run) * 1_000_000;
/** Days of the summaries: in the hot window, at its edge, and sealed. */
const summaryDays = [0, 1, 2, 5];
const noon = Date.UTC(2026, 0, 10, 12);
const retention = {
  rules: [{ table: 'events', eventType: 'expendable', keepMs: 30 * dayMs }],
  trashMs: 36_500 * dayMs,
} as const;

if (first !== 'open') say('job', { name: first });
if (first === 'compact') {
  await compactDatabase({ storagePath, colonyId });
  say('end', { name: first });
}
const database = await openDatabase({ storagePath, colonyId, now: () => now });
if (first === 'migrate') say('end', { name: first });
say('ready', database.recovery);
let count = 0;
await Promise.all([...Array.from({ length: workers }, (_, worker) => work(worker)), runJobs()]);

async function work(worker: number): Promise<void> {
  for (;;) {
    count += 1;
    const kind = kinds[(count * 7 + worker) % kinds.length]!;
    // Each worker has keys of its own: of two writes in flight to one key either may come last.
    const write: Write = isOnce(kind)
      ? { kind, key: `${kind}-${run}-${count}` }
      : { kind, key: `${kind}-${worker}-${count % keysPerKind}`, version: firstVersion + count };
    say('try', write);
    await perform(database, write);
    say('ack', write);
  }
}

/** Every job of the store, in random order; summarising most often, as in a colony. */
async function runJobs(): Promise<void> {
  const jobs: Readonly<Record<string, () => Promise<unknown>>> = {
    summarise: () => database.summarise(),
    maintain: () => database.maintain(),
    retention: () => database.applyRetention(retention),
    undo: async () => {
      const [run] = await database.listTrash();
      if (run) await database.undoRetention(run.id);
    },
    checkpoint: () => database.checkpoint(),
    backup: () =>
      database.backup({ output: path.join(storagePath, 'backup.duckdb'), overwrite: true }),
  };
  for (;;) {
    const name = random.boolean(0.4) ? 'summarise' : random.pick(Object.keys(jobs));
    say('job', { name });
    await jobs[name]!();
    say('end', { name });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isOnce(kind: Write['kind']): kind is OnceKind {
  return (onceKinds as readonly string[]).includes(kind);
}

async function perform(database: Database, write: Write): Promise<unknown> {
  const { key } = write;
  switch (write.kind) {
    case 'heartbeat': {
      const at = new Date(write.version);
      const status = write.version % 2 === 0 ? 'running' : 'error';
      const isKnown = await database.heartbeatService(key, { at, status });
      if (isKnown) return;
      return database.upsertService({
        id: key,
        name: key,
        appId: 'app',
        agentId: `agent-${write.version % 3}`,
        lastSeen: at,
        status,
      });
    }
    case 'summary':
      return database.insertMetricSummary({
        timestamp: new Date(noon - dayMs * summaryDays[Number(key.at(-1)) % summaryDays.length]!),
        serviceId: key,
        metricName: 'latency',
        interval: '5m',
        mean: write.version,
        count: 1,
      });
    case 'baseline':
      return database.putBaseline({
        serviceId: key,
        metricName: 'latency',
        timeWindow: '1h',
        mean: write.version,
      });
    case 'connection':
      return database.observeConnection({
        fromService: key,
        toService: 'db',
        protocol: 'sql',
        observedAt: new Date(write.version),
      });
    case 'event':
      return database.recordEvent({
        serviceId: `service-${count % 4}`,
        eventType: count % 2 ? 'deploy' : 'restart',
        correlationGroup: key,
      });
    case 'expendable':
      return database.recordEvent({
        serviceId: `service-${count % 4}`,
        eventType: 'expendable',
        correlationGroup: key,
        timestamp: new Date(noon - 40 * dayMs),
      });
    case 'insight': {
      const id = await database.createInsight({
        insightType: 'pattern',
        priority: 'low',
        title: key,
        summary: '',
      });
      return database.resolveInsight(id);
    }
    case 'delete':
      await database.upsertService({ id: key, name: key, appId: 'app', agentId: 'agent' });
      return database.deleteService(key);
    case 'points':
      return database.appendPoints(
        numberPoints(
          { serviceId: 'sender', metricName: key, kind: 'gauge' },
          Array.from({ length: 10 }, (_, i) => ({ timeMs: now - i, value: i })),
        ),
      );
  }
}

function say(what: string, about: object): void {
  // Synchronous: what was said before the kill must have left the process.
  writeSync(1, `${what} ${JSON.stringify(about)}\n`);
}
