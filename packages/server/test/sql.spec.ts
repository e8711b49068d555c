import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { eventually, onTestEnd } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

async function lines(colony: TestColony, body: object): Promise<unknown[]> {
  const response = await colony.post('/api/v1/sql', body);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('POST /api/v1/sql', () => {
  it('answers columns, rows and an end, one JSON value a line', async () => {
    const colony = await startColony();
    expect(await lines(colony, { sql: "FROM (VALUES (1, 'x'), (2, 'y')) t(a, b)" })).toEqual([
      {
        columns: [
          { name: 'a', type: 'INTEGER' },
          { name: 'b', type: 'VARCHAR' },
        ],
      },
      {
        rows: [
          [1, 'x'],
          [2, 'y'],
        ],
      },
      { end: { rows: 2, truncated: false } },
    ]);
  });

  it('says nothing of rows when there are none', async () => {
    const colony = await startColony();
    expect(await lines(colony, { sql: 'SELECT id FROM events' })).toEqual([
      { columns: [{ name: 'id', type: 'INTEGER' }] },
      { end: { rows: 0, truncated: false } },
    ]);
  });

  it('keeps values exact: large integers, decimals, times, lists and structs', async () => {
    const colony = await startColony();
    const sql = `SELECT 9007199254740993::BIGINT, 12::BIGINT, 1.10::DECIMAL(10,2), NULL,
      TIMESTAMP '2026-01-02 03:04:05.678', [1, 2], {'a': 1, 'b': [true]}`;
    const [, rows] = (await lines(colony, { sql })) as [unknown, { rows: unknown[][] }];
    expect(rows.rows).toEqual([
      [
        '9007199254740993',
        12,
        '1.10',
        null,
        expect.stringMatching(/^2026-01-02T03:04:05\.678/),
        [1, 2],
        { a: 1, b: [true] },
      ],
    ]);
  });

  it('cuts at max_rows and says so', async () => {
    const colony = await startColony();
    const all = (await lines(colony, { sql: 'FROM range(10)', max_rows: 10 })).at(-1);
    expect(all).toEqual({ end: { rows: 10, truncated: false } });
    const cut = (await lines(colony, { sql: 'FROM range(11)', max_rows: 10 })).at(-1);
    expect(cut).toEqual({ end: { rows: 10, truncated: true } });
  });

  it.each([
    ['SELEC 1', 400, 'STORAGE_SQL_INVALID'],
    ['SELECT * FROM nowhere', 400, 'STORAGE_SQL_INVALID'],
    ["SELECT 'x'::INTEGER", 400, 'STORAGE_SQL_INVALID'],
    ['DELETE FROM events', 403, 'STORAGE_SQL_REFUSED'],
    ['DROP TABLE events', 403, 'STORAGE_SQL_REFUSED'],
    ['SELECT 1; DROP TABLE events', 403, 'STORAGE_SQL_REFUSED'],
    ["SELECT * FROM read_text('/etc/passwd')", 403, 'STORAGE_SQL_REFUSED'],
    ["COPY events TO '/tmp/x.csv'", 403, 'STORAGE_SQL_REFUSED'],
    ["ATTACH '/tmp/x.duckdb'", 403, 'STORAGE_SQL_REFUSED'],
    ['SET threads = 8', 403, 'STORAGE_SQL_REFUSED'],
  ])('refuses %j with %i and harms nothing', async (sql, status, code) => {
    const colony = await startColony();
    await colony.database.recordEvent({ serviceId: 'cart', eventType: 'deploy' });
    const response = await colony.post('/api/v1/sql', { sql });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, message: expect.any(String) });
    expect(await colony.sql('SELECT count(*) FROM events')).toEqual([[1]]);
  });

  it('says 504 when the first row takes longer than the deadline', async () => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/sql', {
      sql: 'SELECT count(*) FROM range(1000000000) a, range(1000000) b',
      timeout_ms: 100,
    });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'STORAGE_TIMEOUT' });
    expect(await colony.sql('SELECT 1')).toEqual([[1]]);
  });

  it('ends with an error line when it fails after the first row', async () => {
    const colony = await startColony();
    const sql = `SELECT (CASE WHEN i < 900000 THEN '1' ELSE 'late' || i END)::INTEGER, repeat('x', 20)
      FROM range(1000000) t(i)`;
    const answered = await lines(colony, { sql, max_rows: 1_000_000 });
    expect(answered.length).toBeGreaterThan(2);
    expect(answered.at(-1)).toMatchObject({ error: { code: expect.stringMatching(/^STORAGE_/) } });
  });

  it('streams a large result to a slow reader without holding it in memory', async () => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/sql', {
      sql: "SELECT i, repeat('x', 100) FROM range(300000) t(i)",
      max_rows: 300_000,
    });
    const reader = response.body!.getReader();
    let size = 0;
    let tail = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      tail = (tail + Buffer.from(part.value).toString('utf8')).slice(-200);
    }
    expect(size).toBeGreaterThan(30_000_000);
    expect(JSON.parse(tail.trimEnd().split('\n').at(-1)!)).toEqual({
      end: { rows: 300_000, truncated: false },
    });
  });

  it.each(['before the first row', 'in the middle of the rows'])(
    'stops the query of a caller that goes away %s',
    async (when) => {
      const colony = await startColony();
      const slow = 'SELECT count(*) FROM range(1000000000) a, range(1000000) b';
      const sql = when === 'before the first row' ? slow : 'FROM range(100000000)';
      const body = JSON.stringify({ sql, timeout_ms: 600_000, max_rows: 10_000_000 });
      const request = httpRequest(`${colony.url}/api/v1/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...colony.auth },
      });
      request.on('error', () => undefined);
      const begun = new Promise((resolve) => request.once('response', resolve));
      request.end(body);
      if (when === 'in the middle of the rows') await begun;
      else await eventually(() => colony.server.stats().connections.http1 === 1);
      request.destroy();
      // The one place for queries is free again long before the query's own deadline.
      expect(await colony.sql('SELECT 1')).toEqual([[1]]);
    },
  );

  it.each(['reads on', 'reads nothing'])(
    'stops the query of a caller over HTTP/2 that %s and goes away',
    async (how) => {
      const colony = await startColony();
      const session = connectHttp2(colony.url);
      onTestEnd(() => session.destroy());
      session.on('error', () => undefined);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api/v1/sql',
        'content-type': 'application/json',
        ...colony.auth,
      });
      stream.on('error', () => undefined);
      stream.end(JSON.stringify({ sql: 'FROM range(100000000)', max_rows: 10_000_000 }));
      await new Promise((resolve) => stream.once('response', resolve));
      if (how === 'reads on') stream.resume();
      stream.close(constants.NGHTTP2_CANCEL);
      expect(await colony.sql('SELECT 1')).toEqual([[1]]);
    },
  );

  it('leaves lists and health checks a reader while a query runs', async () => {
    const colony = await startColony();
    const controller = new AbortController();
    const endless = await fetch(`${colony.url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...colony.auth },
      body: JSON.stringify({ sql: 'FROM range(100000000)', max_rows: 10_000_000 }),
      signal: controller.signal,
    });
    expect(endless.status).toBe(200);
    const waiting = colony.sql('SELECT 1');
    const healthz = await fetch(`${colony.url}/healthz`);
    expect(healthz.status).toBe(200);
    expect(await colony.database.listEvents()).toEqual([]);
    controller.abort();
    expect(await waiting).toEqual([[1]]);
  });

  it('needs the token and a body of the right form', async () => {
    const colony = await startColony({ loopbackWithoutToken: true });
    const ask = (headers: Record<string, string>, body: string) =>
      fetch(`${colony.url}/api/v1/sql`, { method: 'POST', headers, body });
    const json = { 'content-type': 'application/json' };
    const statuses = await Promise.all([
      ask(json, '{"sql":"SELECT 1"}'),
      ask({ ...json, authorization: 'Bearer x' }, '{"sql":"SELECT 1"}'),
      ask({ ...colony.auth, 'content-type': 'text/plain' }, '{"sql":"SELECT 1"}'),
      ask({ ...colony.auth, ...json }, '{"sql":'),
      ask({ ...colony.auth, ...json }, '["SELECT 1"]'),
      ask({ ...colony.auth, ...json }, '{"query":"SELECT 1"}'),
      ask({ ...colony.auth, ...json }, '{"sql":"SELECT 1","max_rows":0}'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 415, 400, 400, 400, 400]);
    expect(await statuses[6]!.json()).toMatchObject({
      code: 'SERVER_INPUT_INVALID',
      details: { field: 'max_rows' },
    });
  });
});
