import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * Makes the golden file of a schema version with the code that first wrote that version.
 * Arguments: `packages/storage` of that code's checkout, the schema version. See README.md.
 */
const [checkout, version] = process.argv.slice(2);
const colonyId = `schema-${version}`;
const startMs = Date.UTC(2026, 0, 1, 12);
let nowMs = startMs;
const at = (seconds) => new Date(startMs + seconds * 1000);
const strangeTexts = [
  `'; DROP TABLE services; --`,
  'Zażółć 😀 ﷽ \u202e',
  'n'.repeat(512),
  '{"json": ["in", \'quotes\']}',
  'a line\nand another\tone\\x00',
];
const strangeNumbers = [0, -0, 5e-324, 1.7976931348623157e308, -1e-300, 0.1 + 0.2, 2 ** 53 + 2];
const strangeTimes = [new Date(0), new Date(-62135596800000), new Date(253402300799999), at(0.001)];

/** Rows of tables that only days of telemetry fill. */
const rest = {
  closed_times: `VALUES ('2025-12-01', '2025-12-01 01:00', true), ('2025-12-01 05:00', '2025-12-02', false)`,
  seasonal_baselines: `SELECT 'week', i, 'cart', 'latency', i / 7, 0, NULL, -1e-300, 1.7976931348623157e308,
    2147483647, i, TIMESTAMP '9999-12-31' FROM range(168) r(i)`,
  service_instances: `SELECT id, id || ' 1', version, NULL, last_seen, last_seen, last_seen, NULL, name, NULL
    FROM services`,
  service_troubles: `SELECT id, last_seen, name FROM services WHERE status = 'error'`,
};

const code = await loadCode();
const storagePath = path.join(checkout, 'golden');
await rm(storagePath, { recursive: true, force: true });
const store = version === '1' ? await openFirst() : await openWhole();
await fillTables(store);
if (version !== '1') await fillPoints(store);
if (Number(version) > 2) await fillByWork(store);
if (Number(version) > 10) await fillByImport(store);
await store.close();
if (Number(version) > 2) await fillRest(path.join(storagePath, `${colonyId}.duckdb`));
const file = await readFile(path.join(storagePath, `${colonyId}.duckdb`));
await writeFile(new URL(`${colonyId}.duckdb.gz`, import.meta.url), gzipSync(file, { level: 9 }));

async function loadCode() {
  const entry = `
    export * from './index.js';
    export { Instance, applySettings } from './duckdb/instance.js';
    export { migrate } from './migrations/migrate.js';
    export { initial } from './migrations/0001-initial.js';
    export { checkBaseline, writeBaseline } from './writes/baselines.js';
    export { checkEvents, writeEvents } from './writes/events.js';
    export { checkInsight, endInsight, writeInsight } from './writes/insights.js';
    export { checkMetricSummaries, writeMetricSummaries } from './writes/metric-summaries.js';
    export { checkConnections, writeConnections } from './writes/service-connections.js';
    export { checkService, writeService } from './writes/services.js';`;
  const support = `
    export { loggedErrors } from '../test/support/logged-errors.js';
    export { spanColumns } from '../test/support/span-columns.js';`;
  const outfile = path.join(checkout, 'golden-code.mjs');
  await build({
    stdin: {
      contents: Number(version) > 2 ? entry + support : entry,
      resolveDir: path.join(checkout, 'src'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@duckdb/*'],
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

function openWhole() {
  return code.openDatabase({ storagePath, colonyId, now: () => nowMs });
}

/** Version 1 was never released alone: its migration and its writers, without what came beside it. */
async function openFirst() {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(storagePath, { recursive: true });
  const instance = await code.Instance.open(path.join(storagePath, `${colonyId}.duckdb`), {
    memoryLimitBytes: 512 * 1024 ** 2,
    threads: 2,
  });
  const connection = await instance.connect();
  await code.applySettings(connection);
  const now = at(0);
  await code.migrate(connection, [code.initial], now);
  return {
    upsertService: (row) => code.writeService(connection, code.checkService(row, now)),
    insertMetricSummaries: (rows) =>
      code.writeMetricSummaries(connection, code.checkMetricSummaries(rows)),
    recordEvents: (rows) => code.writeEvents(connection, code.checkEvents(rows, now)),
    createInsight: (row) => code.writeInsight(connection, code.checkInsight(row, now)),
    resolveInsight: (id) => code.endInsight(connection, id, 'resolved'),
    dismissInsight: (id) => code.endInsight(connection, id, 'dismissed'),
    observeConnections: (rows) =>
      code.writeConnections(connection, code.checkConnections(rows, now)),
    putBaseline: (row) => code.writeBaseline(connection, code.checkBaseline(row, now)),
    async close() {
      await connection.execute('CHECKPOINT');
      connection.close();
      instance.close();
    },
  };
}

async function fillTables(store) {
  const names = [...Array.from({ length: 40 }, (_, index) => `service-${index}`), ...strangeTexts];
  for (const [index, id] of names.entries()) {
    await store.upsertService({
      id,
      name: id,
      appId: `app-${index % 3}`,
      agentId: `agent-${index % 5}`,
      status: ['running', 'stopped', 'error'][index % 3],
      lastSeen: index < strangeTimes.length ? strangeTimes[index] : at(-index),
      ...(index % 2 ? { version: `1.${index}`, labels: { text: names.at(-1 - (index % 5)) } } : {}),
    });
  }
  await store.insertMetricSummaries(
    names.flatMap((serviceId, index) =>
      ['5m', '15m', '1h', '1d'].flatMap((interval, step) =>
        Array.from({ length: 12 }, (_, window) => ({
          timestamp: at(-86_400 * step - 300 * window),
          serviceId,
          metricName: strangeTexts[(index + window) % 8] ?? 'http.server.request.duration',
          interval,
          ...(window % 4 === 0 ? {} : { p50: strangeNumbers[(index + window) % 7], p95: window }),
          ...(window % 5 === 0 ? {} : { mean: index / 7, max: 1e9 + window, p99: index }),
          ...(window % 3 === 0 ? {} : { count: [0, 1, 2_147_483_647][index % 3] }),
        })),
      ),
    ),
  );
  await store.recordEvents(
    Array.from({ length: 1500 }, (_, index) => ({
      timestamp: index < 4 ? strangeTimes[index] : at(-index),
      serviceId: names[index % names.length],
      eventType: ['deploy', 'crash', 'restart', strangeTexts[index % 5]][index % 4],
      ...(index % 3 ? { details: { number: index, text: strangeTexts[index % 5] } } : {}),
      ...(index % 7 ? {} : { correlationGroup: `group-${index % 11}` }),
    })),
  );
  await store.recordEvents([
    { serviceId: 'service-0', eventType: 'alert', details: { text: 'x'.repeat(65_000) } },
  ]);
  for (let index = 0; index < 30; index += 1) {
    const id = await store.createInsight({
      createdAt: at(-index * 60),
      insightType: ['anomaly', 'pattern', 'recommendation'][index % 3],
      priority: ['high', 'medium', 'low'][index % 3],
      title: strangeTexts[index % 5],
      summary: index % 2 ? '' : strangeTexts[(index + 1) % 5],
      affectedServices: index % 4 ? [names[index]] : [],
      ...(index % 2 ? { details: { index }, confidence: index / 29, expiresAt: at(index) } : {}),
    });
    if (index % 5 === 1) await store.resolveInsight(id);
    if (index % 5 === 2) await store.dismissInsight(id);
  }
  await store.observeConnections(
    names.map((toService, index) => ({
      fromService: names[(index * 7) % names.length],
      toService,
      protocol: ['http', 'grpc', 'sql', strangeTexts[index % 5]][index % 4],
      observedAt: at(-index),
    })),
  );
  for (const [index, serviceId] of names.entries()) {
    await store.putBaseline({
      serviceId,
      metricName: strangeTexts[index % 5],
      timeWindow: ['1h', '1d', '7d'][index % 3],
      ...(index % 2 ? { mean: strangeNumbers[index % 7], stddev: 0, sampleCount: index } : {}),
    });
  }
}

async function fillPoints(store) {
  for (const kind of ['gauge', 'sum', 'histogram', 'exponential_histogram']) {
    for (const [index, scope] of ['', ...strangeTexts].entries()) {
      await store.appendPoints(pointsOf(kind, scope, index));
    }
  }
  await store.summarise();
  // Points of a window that no summary covers yet.
  await store.appendPoints(pointsOf('gauge', 'later', 9));
}

/** What the store's own work writes: history, sketches, connections, errors, a trash. */
async function fillByWork(store) {
  const services = ['cart', 'shop', ...strangeTexts];
  for (const [index, serviceId] of services.entries()) {
    await store.recordErrors(
      [
        code.loggedErrors({ serviceId, second: -60 }),
        code.loggedErrors({ serviceId, severity: 'fatal', template: strangeTexts[index % 5] }),
      ],
      `digest ${index}`,
    );
  }
  await store.appendSpans(spansAt(-600));
  await store.connectServices();
  await store.summarise();
  await store.rollUp();
  await store.learn();
  await store.applyRetention(old('1d'));
  const { id } = await store.applyRetention(old('5m'));
  await store.undoRetention(id);
  // A day later hours are closed and summaries sealed; of what comes then not all is worked on.
  nowMs += 36 * 3_600_000;
  await store.rollUp();
  await store.seal();
  await store.appendPoints(
    pointsOf('sum', 'newest', 3),
    services.map((serviceId) => ({
      id: serviceId,
      name: serviceId,
      instance: `${serviceId} 1`,
      version: '1.2',
      startedAt: new Date(nowMs - 60_000),
      resource: '{}',
    })),
  );
  await store.summarise();
  await store.appendPoints(pointsOf('gauge', 'newest', 5));
  await store.appendSpans(spansAt(36 * 3600 - 30));
}

/** Events that bring no id, imported: which ids they got is kept. */
async function fillByImport(store) {
  const input = path.join(checkout, 'golden-events.ndjson');
  const lines = strangeTexts.map((text, index) =>
    JSON.stringify({ timestamp: at(index), service_id: text, event_type: 'deploy' }),
  );
  await writeFile(input, lines.join('\n'));
  await store.importTable({ table: 'events', input });
}

/** Takes some summaries of an interval into the trash. */
function old(interval) {
  const rules = [{ table: 'metric_summaries', interval, keepMs: 1_800_000 }];
  return { rules, trashMs: 7 * 86_400_000 };
}

function spansAt(second) {
  const endMs = startMs + second * 1000;
  return code.spanColumns(
    strangeTexts.flatMap((name, trace) => [
      { trace, id: 1, service: 'shop', name, kind: 'client', protocol: 'http', endMs },
      { trace, id: 2, parent: 1, service: 'cart', name, kind: 'server', protocol: 'http', endMs },
    ]),
  );
}

async function fillRest(file) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const [table, rows] of Object.entries(rest)) {
    await connection.run(`INSERT INTO ${table} ${rows}`);
  }
  connection.closeSync();
  instance.closeSync();
}

function pointsOf(kind, scope, shift) {
  const isHistogram = kind.endsWith('histogram');
  const length = 20;
  const buckets = isHistogram ? length * 2 : 0;
  const numbers = (of, from = length) =>
    Float64Array.from({ length: from }, (_, index) => of(index));
  const series = {
    serviceId: `service-${shift}`,
    metricName: `golden.${kind}`,
    kind,
    unit: shift % 2 ? 'ms' : '',
    temporality: kind === 'gauge' ? 'unspecified' : 'cumulative',
    monotonic: kind === 'sum',
    attributes: JSON.stringify({ scope }),
    resource: '{}',
    scope,
    bounds: kind === 'histogram' ? [0.1, 1, 10] : [],
  };
  return {
    series: [{ key: JSON.stringify(series), ...series }],
    length,
    seriesIndex: new Uint32Array(length),
    timeUs: numbers((index) => (nowMs - (length - index) * 30_000 + shift) * 1000),
    startTimeUs: numbers((index) => (index % 3 ? (nowMs - 3_600_000) * 1000 : 0)),
    value: numbers((index) => (isHistogram && index % 2 ? NaN : index * 1.5 + shift)),
    count: numbers((index) => (isHistogram ? 2 * index : NaN)),
    min: numbers((index) => (isHistogram && index % 2 ? 0.01 : NaN)),
    max: numbers((index) => (isHistogram && index % 2 ? 20 : NaN)),
    scale: new Int8Array(length).fill(kind === 'exponential_histogram' ? 3 : 0),
    bucketLength: buckets,
    bucketPoint: Uint32Array.from({ length: buckets }, (_, index) => index >> 1),
    bucketSign: new Int8Array(buckets).fill(1),
    bucketIndex: Int32Array.from({ length: buckets }, (_, index) => index % 2),
    bucketCount: numbers((index) => index >> 1, buckets),
  };
}
