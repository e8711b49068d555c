import { writeSync } from 'node:fs';
import { openDatabase, type Database } from '../../src/index.js';
import { numberPoints } from '../support/number-points.js';

/**
 * Writes to every table until it is killed. Before each write it says what it tries, and once the
 * write is acknowledged it says so: what a test then may and must find in the file.
 *
 * Arguments: storage path, colony id, number of the run.
 */
const [storagePath, colonyId, run] = process.argv.slice(2) as [string, string, string];

export type Write =
  | { readonly kind: 'heartbeat'; readonly key: string; readonly version: number }
  | { readonly kind: 'summary'; readonly key: string; readonly version: number }
  | { readonly kind: 'baseline'; readonly key: string; readonly version: number }
  | { readonly kind: 'connection'; readonly key: string; readonly version: number }
  | { readonly kind: 'event'; readonly key: string }
  | { readonly kind: 'insight'; readonly key: string }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'points'; readonly key: string };

const kinds = [
  'heartbeat',
  'summary',
  'baseline',
  'connection',
  'event',
  'insight',
  'delete',
  'points',
] as const;
const workers = 6;
const keysPerKind = 5;
/** Versions grow over all runs, so that a lost update shows as an older one. */
const firstVersion = Number(run) * 1_000_000;
const noon = Date.UTC(2026, 0, 1, 12);

const database = await openDatabase({ storagePath, colonyId, now: () => noon });
say('ready', database.recovery);
let count = 0;
await Promise.all([...Array.from({ length: workers }, (_, worker) => work(worker)), summarise()]);

async function work(worker: number): Promise<void> {
  for (;;) {
    count += 1;
    const kind = kinds[(count * 7 + worker) % kinds.length]!;
    // Each worker has keys of its own: of two writes in flight to one key either may come last.
    const key = `${kind}-${worker}-${count % keysPerKind}`;
    const write = (
      kind === 'event' || kind === 'insight' || kind === 'delete' || kind === 'points'
        ? { kind, key: `${kind}-${run}-${count}` }
        : { kind, key, version: firstVersion + count }
    ) as Write;
    say('try', write);
    await perform(database, write);
    say('ack', write);
  }
}

async function summarise(): Promise<void> {
  for (;;) {
    await database.summarise();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
        timestamp: new Date(noon),
        serviceId: key,
        metricName: 'latency',
        interval: '5m',
        p50: write.version,
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
          Array.from({ length: 10 }, (_, i) => ({ timeMs: noon - i, value: i })),
        ),
      );
  }
}

function say(what: string, about: object): void {
  // Synchronous: what was said before the kill must have left the process.
  writeSync(1, `${what} ${JSON.stringify(about)}\n`);
}
