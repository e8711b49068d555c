import { connect as connectTcp } from 'node:net';
import { openDatabase } from '@coral/storage';
import { eventually, freePort, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { startServer } from '../src/index.js';
import { call, frame, openSession } from './grpc-call.js';
import { startColony } from './use-colony.js';

describe('startServer', () => {
  it('serves OTLP and health, and nothing else, on the OTLP/HTTP port', async () => {
    const otlpHttpPort = await freePort();
    const colony = await startColony({ otlpHttpPort });
    expect(colony.server.otlpHttpAddress).toEqual({ host: '127.0.0.1', port: otlpHttpPort });
    expect(colony.server.stats().otlpHttp).toMatchObject({
      state: 'listening',
      port: otlpHttpPort,
    });
    const base = `http://127.0.0.1:${otlpHttpPort}`;
    const headers = { 'content-type': 'application/json', ...colony.auth };
    const sent = await fetch(`${base}/v1/metrics`, { method: 'POST', headers, body: '{}' });
    expect(sent.status).toBe(200);
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const sql = await fetch(`${base}/api/v1/sql`, { method: 'POST', headers, body: '{}' });
    expect(sql.status).toBe(404);
  });

  it('takes OTLP over HTTP and gRPC on either standard port', async () => {
    const [otlpHttpPort, otlpGrpcPort] = [await freePort(), await freePort()];
    const colony = await startColony({ otlpHttpPort, otlpGrpcPort });
    expect(colony.server.otlpGrpcAddress).toEqual({ host: '127.0.0.1', port: otlpGrpcPort });
    const headers = { 'content-type': 'application/json', ...colony.auth };
    for (const port of [otlpHttpPort, otlpGrpcPort, colony.server.address.port]) {
      const url = `http://127.0.0.1:${port}`;
      const http = await fetch(`${url}/v1/metrics`, { method: 'POST', headers, body: '{}' });
      expect(http.status).toBe(200);
      const grpc = await call(openSession(url), frame(new Uint8Array()), colony.auth);
      expect(grpc.code).toBe(0);
    }
  });

  it('goes on without the OTLP/gRPC port when it is taken, and says so', async () => {
    const first = await startColony();
    const { port } = first.server.address;
    const second = await startColony({ otlpGrpcPort: port });
    expect(second.server.otlpGrpcAddress).toBeUndefined();
    expect(second.server.stats().otlpGrpc).toMatchObject({ state: 'unavailable', port });
    expect(second.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/^OTLP\/gRPC/) }),
    );
  });

  it('goes on without the OTLP/HTTP port when it is taken, and says so', async () => {
    const first = await startColony();
    const second = await startColony({ otlpHttpPort: first.server.address.port });
    expect(second.server.otlpHttpAddress).toBeUndefined();
    expect(second.server.stats().otlpHttp).toMatchObject({
      state: 'unavailable',
      port: first.server.address.port,
      message: expect.stringMatching(/another program/),
    });
    expect(second.log).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        fields: { code: 'SERVER_ADDRESS_IN_USE', port: first.server.address.port },
      }),
    );
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
  });

  it.each([0, false] as const)('opens no OTLP port for %s', async (off) => {
    const colony = await startColony({ otlpHttpPort: off, otlpGrpcPort: off });
    expect(colony.server.stats().otlpHttp).toEqual({ state: 'off' });
    expect(colony.server.stats().otlpGrpc).toEqual({ state: 'off' });
  });

  it('refuses to start on a taken main port, and without a token', async () => {
    const colony = await startColony();
    const options = {
      database: colony.database,
      token: 'x',
      host: '127.0.0.1',
      port: colony.server.address.port,
      loopbackWithoutToken: false,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      version: '0',
      colonyId: 'test-dev-000000',
    };
    await expect(startServer(options)).rejects.toMatchObject({ code: 'SERVER_ADDRESS_IN_USE' });
    await expect(startServer({ ...options, port: 0, token: '' })).rejects.toThrow(RangeError);
  });

  it('says in the log when it is reachable from elsewhere, and answers to the address it is asked at', async () => {
    const colony = await startColony({ host: '0.0.0.0' });
    expect(
      colony.log.some(({ level, message }) => level === 'warn' && /clear text/.test(message)),
    ).toBe(true);
    expect((await fetch(`${colony.url}/healthz`)).status).toBe(200);
  });

  it('finishes what is in flight when it closes, leaves the store open, and may be closed twice', async () => {
    const colony = await startColony({ closeGraceMs: 10_000 });
    const rows = colony.post('/api/v1/sql', {
      sql: "SELECT i, repeat('x', 100) FROM range(50000) t(i)",
    });
    await eventually(() => colony.server.stats().connections.http1 === 1);
    const response = await rows;
    const closed = colony.server.close();
    const text = await response.text();
    expect(JSON.parse(text.trimEnd().split('\n').at(-1)!)).toEqual({
      end: { rows: 50_000, truncated: false },
    });
    await Promise.all([closed, colony.server.close()]);
    await expect(fetch(`${colony.url}/healthz`)).rejects.toThrow();
    await colony.database.ping();
  });

  it('closes within its grace when a caller does not read its answer', async () => {
    const colony = await startColony({ closeGraceMs: 50 });
    const socket = connectTcp(colony.server.address.port, '127.0.0.1');
    onTestEnd(() => void socket.destroy());
    socket.on('error', () => undefined);
    const body = JSON.stringify({ sql: 'FROM range(100000000)', max_rows: 10_000_000 });
    socket.write(
      `POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        `Authorization: Bearer ${colony.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    await colony.server.close();
    // The query was given up with its connection.
    expect(await colony.database.listEvents()).toEqual([]);
  });
});

describe('GET /api/v1/status', () => {
  it('says what is true, to whoever shows the token', async () => {
    const colony = await startColony({
      loopbackWithoutToken: true,
      allowedHosts: ['coral.internal'],
    });
    expect((await fetch(`${colony.url}/api/v1/status`)).status).toBe(401);
    const response = await fetch(`${colony.url}/api/v1/status`, { headers: colony.auth });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      colony_id: 'test-dev-000000',
      version: '0.0.0-test',
      pid: process.pid,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      uptime_s: expect.any(Number),
      address: colony.server.address,
      otlp_http: { state: 'off' },
      otlp_grpc: { state: 'off' },
      jobs: [],
      scrape: [],
      connections: { http1: expect.any(Number), http2: 0, undecided: expect.any(Number) },
      database: {
        path: colony.database.path,
        state: 'open',
        size_bytes: expect.any(Number),
        wal_bytes: expect.any(Number),
        opened_at: expect.any(String),
        last_checkpoint_at: expect.any(String),
        schema_version: expect.any(Number),
        tables: expect.objectContaining({ services: 0, events: 0 }),
        queue: expect.objectContaining({ depth: 0 }),
        points: expect.objectContaining({ accepted: 0, rejected: 0 }),
        limits: {
          max_series: 1_000_000,
          max_series_per_metric: 200_000,
          max_spans_per_hour: 10_000_000,
        },
      },
      ingest: {
        requests: 0,
        failures: 0,
        points_accepted: 0,
        points_rejected: 0,
        points_per_second: 0,
      },
      traces: {
        requests: 0,
        failures: 0,
        spans_accepted: 0,
        spans_rejected: 0,
        spans_per_second: 0,
      },
      logs: {
        requests: 0,
        failures: 0,
        records_accepted: 0,
        records_rejected: 0,
        records_per_second: 0,
      },
      room: {
        used_bytes: expect.any(Number),
        max_size_bytes: 0,
        trash_bytes: 0,
        free_disk_bytes: expect.any(Number),
        min_free_disk_bytes: 0,
        refuses: null,
      },
      retention: { last_run_at: null, last_run_rows: null, held_until: null },
      settings: { loopback_without_token: true, allowed_hosts: ['coral.internal'] },
    });
  });
});

describe('POST /api/v1/stop', () => {
  it('asks the owner to stop, after its answer', async () => {
    let asked = 0;
    const colony = await startColony({ onShutdownRequested: () => (asked += 1) });
    const response = await colony.post('/api/v1/stop', {});
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ stopping: true });
    await eventually(() => asked === 1);
    // Stopping is the owner's: the server goes on until then.
    expect((await fetch(`${colony.url}/healthz`)).status).toBe(200);
  });

  it('is 501 when the owner does not stop on request', async () => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/stop', {});
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ code: 'SERVER_STOP_UNSUPPORTED' });
  });
});

describe('an owner without a server', () => {
  it('disposes of the server before the store', async () => {
    const dir = useTempDir();
    await using database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'test-dev-000001',
    });
    await using server = await startServer({
      database,
      token: 'x',
      host: '127.0.0.1',
      port: 0,
      loopbackWithoutToken: false,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      version: '0',
      colonyId: 'test-dev-000001',
    });
    expect((await fetch(`http://127.0.0.1:${server.address.port}/healthz`)).status).toBe(200);
  });
});
