import { describe, expect, it } from '@jest/globals';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

type Bytes = readonly number[];

const varint = (value: number): Bytes =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const message = (field: number, ...content: Bytes[]): Bytes => {
  const body = content.flat();
  return [field * 8 + 2, ...varint(body.length), ...body];
};
const string = (field: number, text: string): Bytes =>
  message(field, [...new TextEncoder().encode(text)]);
const sample = (value: number, timeMs: number): Bytes => [
  ...message(2, [9, ...new Uint8Array(Float64Array.of(value).buffer)], [16, ...varint(timeMs)]),
];
const labels = (named: Readonly<Record<string, string>>): Bytes =>
  Object.entries(named).flatMap(([name, value]) => message(1, string(1, name), string(2, value)));
const series = (named: Readonly<Record<string, string>>, ...samples: Bytes[]): Bytes =>
  message(1, labels(named), ...samples);

/** A snappy block of literals alone. */
function snappy(bytes: Bytes, declared = bytes.length): Uint8Array<ArrayBuffer> {
  const out: number[] = [...varint(declared)];
  for (let from = 0; from < bytes.length; from += 60) {
    const part = bytes.slice(from, from + 60);
    out.push((part.length - 1) << 2, ...part);
  }
  return Uint8Array.from(out);
}

function send(
  colony: TestColony,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${colony.url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      ...colony.auth,
      ...headers,
    },
    body,
  });
}

const metadata = (family: string, type: number): Bytes =>
  message(3, [8, ...varint(type)], string(2, family));
const asCounter = 1;
const asGauge = 2;

const up = { __name__: 'up', instance: 'a:80', job: 'shop' };
const values = (colony: TestColony) => colony.sql('SELECT value FROM points ORDER BY value');
const written = (response: Response) =>
  response.headers.get('x-prometheus-remote-write-samples-written');

describe('POST /api/v1/write', () => {
  it('answers 204 once the samples are stored, and says how many', async () => {
    const colony = await startColony();
    const now = Date.now();
    const response = await send(
      colony,
      snappy([...series(up, sample(1, now), sample(0, now - 1000)), ...series(up, sample(5, now))]),
    );
    expect([response.status, await response.text(), written(response)]).toEqual([204, '', '3']);
    // Three samples, of which two have the same time: each is kept, and counts once when summarised.
    expect(await values(colony)).toEqual([[0], [1], [5]]);
    expect(await colony.sql('SELECT id, agent_id, status FROM services')).toEqual([
      ['shop', 'a:80', 'running'],
    ]);
    expect(await colony.sql('SELECT DISTINCT metric_name, kind FROM series')).toEqual([
      ['up', 'gauge'],
    ]);
  });

  it('takes an empty request, as metadata alone is for us', async () => {
    const colony = await startColony();
    expect((await send(colony, snappy([]))).status).toBe(204);
  });

  it('goes on with the right series after a restart, before it is told types again', async () => {
    const first = await startColony();
    let timeMs = Date.now() - 10_000;
    const body = (...told: Bytes[]) =>
      snappy([
        ...['orders', 'in_total', 'jobs_total', 'depth'].flatMap((name) =>
          series({ ...up, __name__: name }, sample(1, (timeMs += 100))),
        ),
        ...told.flat(),
      ]);
    const kinds = (colony: TestColony) =>
      colony.sql(`SELECT metric_name, kind, (SELECT count(*)::INTEGER FROM points p
        WHERE p.series_id = s.series_id) FROM series s ORDER BY ALL`);
    await send(first, body());
    await send(first, body(metadata('orders', asCounter), metadata('in_total', asGauge)));
    await send(first, body());
    expect(await kinds(first)).toEqual([
      ['depth', 'gauge', 3],
      ['in_total', 'gauge', 1],
      ['in_total', 'sum', 2],
      ['jobs_total', 'sum', 3],
      ['orders', 'gauge', 2],
      ['orders', 'sum', 1],
    ]);
    const second = await startColony({ database: first.database });
    await send(second, body());
    expect(await kinds(second)).toEqual([
      ['depth', 'gauge', 4],
      ['in_total', 'gauge', 2],
      ['in_total', 'sum', 2],
      ['jobs_total', 'sum', 4],
      ['orders', 'gauge', 2],
      ['orders', 'sum', 2],
    ]);
  });

  it('takes samples out of order, and again', async () => {
    const colony = await startColony();
    const now = Date.now();
    for (const age of [0, 3000, 1000, 1000]) {
      const body = snappy(series(up, sample(age, now - age)));
      expect((await send(colony, body)).status).toBe(204);
    }
    await colony.database.summarise();
    const summaries = await colony.database.listMetricSummaries({ serviceId: 'shop' });
    expect(summaries.reduce((sum, { count }) => sum + count!, 0)).toBe(3);
  });

  it('says 400 for samples that are too old, and stores the others', async () => {
    const colony = await startColony();
    const now = Date.now();
    const old = sample(1, now - 3 * 3_600_000);
    const response = await send(colony, snappy(series(up, old, sample(2, now))));
    expect([response.status, written(response)]).toEqual([400, '1']);
    expect(await response.text()).toMatch(/^Some samples cannot be stored, .*1 × older than/);
    expect(await values(colony)).toEqual([[2]]);
  });

  it('says nothing of stale markers and NaN, which hold nothing to store', async () => {
    const colony = await startColony();
    const response = await send(colony, snappy(series(up, sample(NaN, Date.now()))));
    expect([response.status, written(response)]).toEqual([204, '1']);
    expect(await values(colony)).toEqual([]);
  });

  it('takes remote write 2.0 by its content type', async () => {
    const colony = await startColony();
    const symbols = ['', '__name__', 'up', 'job', 'shop'].flatMap((text) => string(4, text));
    const body = snappy([
      ...symbols,
      ...message(5, message(1, [1, 2, 3, 4]), sample(7, Date.now())),
    ]);
    const type = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
    const response = await send(colony, body, { 'content-type': type });
    expect([response.status, written(response)]).toEqual([204, '1']);
    expect(response.headers.get('x-prometheus-remote-write-histograms-written')).toBe('0');
    expect(response.headers.get('x-prometheus-remote-write-exemplars-written')).toBe('0');
    expect(await values(colony)).toEqual([[7]]);
  });

  it.each<[number, Record<string, string>]>([
    [204, { 'content-type': 'application/x-protobuf; proto=prometheus.WriteRequest' }],
    [415, { 'content-type': 'application/x-protobuf;proto=prometheus.Other' }],
    [415, { 'content-type': 'application/x-protobuf;proto=constructor' }],
    [415, { 'content-type': 'application/json' }],
    [415, { 'content-encoding': 'gzip' }],
    [415, { 'content-encoding': 'zstd' }],
    [401, { authorization: 'Bearer wrong-token-wrong-token' }],
  ])('answers %d to the headers %j', async (status, headers) => {
    const colony = await startColony();
    const response = await send(colony, snappy(series(up, sample(1, Date.now()))), headers);
    expect(response.status).toBe(status);
    if (status === 415) expect(written(response)).toBe('0');
  });

  it('needs no token on this machine when the setting says so', async () => {
    const colony = await startColony({ loopbackWithoutToken: true });
    const { status } = await fetch(`${colony.url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      body: snappy(series(up, sample(1, Date.now()))),
    });
    expect(status).toBe(204);
  });

  it.each<[number, string, Uint8Array<ArrayBuffer>]>([
    [400, 'no snappy', Uint8Array.of(1, 2, 3)],
    [400, 'no protobuf', snappy([0xff, 0xff])],
    [413, 'four gigabytes in six bytes', snappy([1], 2 ** 32 - 1)],
    [400, 'thirty megabytes in six bytes', snappy([1], 30_000_000)],
  ])('answers %d to %s, in a line', async (status, _, body) => {
    const colony = await startColony();
    const response = await send(colony, body);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(/^TELEMETRY_(?:MALFORMED|LIMIT): .*\n$/);
    expect((await send(colony, snappy(series(up, sample(1, Date.now()))))).status).toBe(204);
  });

  it('asks to send again what cannot be stored now', async () => {
    const colony = await startColony();
    await colony.database.close();
    const response = await send(colony, snappy(series(up, sample(1, Date.now()))));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('names services by the labels that it is told', async () => {
    const labelMapping = { serviceLabels: ['app', 'job'], perInstance: ['shop'] };
    const colony = await startColony({ labelMapping });
    const now = Date.now();
    await send(
      colony,
      snappy([...series({ ...up, app: 'cart' }, sample(1, now)), ...series(up, sample(1, now))]),
    );
    expect(await colony.sql('SELECT id FROM services ORDER BY id')).toEqual([
      ['cart'],
      ['shop/a:80'],
    ]);
  });
});
