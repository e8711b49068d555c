import { describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { errorsFrom, loggedErrors } from '../../test/support/logged-errors.js';
import { numberPoints } from '../../test/support/number-points.js';
import { rows } from '../../test/support/look-ups.js';
import { openStore } from '../../test/support/open-store.js';
import type { Database, ServiceSighting } from '../index.js';

const dir = useTempDir();
const minute = 60_000;

const start = async (options: Parameters<typeof openStore>[1] = {}) => {
  const clock = manualClock(errorsFrom);
  const database = await openStore(dir, { now: clock.now, ...options });
  let requests = 0;
  /** Telemetry of one process arrives, of no content. */
  const hear = (instance: string, said: Partial<ServiceSighting> = {}) =>
    database.recordErrors([], `${++requests}`, [
      {
        id: 'cart',
        name: 'cart',
        appId: 'shop',
        agentId: instance,
        instance,
        lastSeen: clock.date(),
        ...said,
      },
    ]);
  return { clock, database, hear };
};
const statusOf = async (database: Database) => (await database.getService('cart'))?.status;
const eventsOf = async (database: Database) =>
  (await database.listEvents()).reverse().map(({ eventType, details }) => [eventType, details]);

describe('a service', () => {
  it('is stopped after five minutes of silence, and runs when it is heard of again', async () => {
    const { clock, database, hear } = await start();
    await hear('one');
    clock.advance(5 * minute);
    await database.watchServices();
    expect(await statusOf(database)).toBe('running');
    clock.advance(1);
    expect(await database.watchServices()).toMatchObject({ stopped: 1 });
    expect(await statusOf(database)).toBe('stopped');
    await hear('one');
    await database.watchServices();
    expect(await statusOf(database)).toBe('running');
    expect(await eventsOf(database)).toEqual([]);
  });

  it('is in error while it logs many errors, and runs again when they are over', async () => {
    const { clock, database, hear } = await start();
    await hear('one');
    await database.recordErrors([loggedErrors({ count: 49 })], 'a');
    await database.watchServices();
    expect(await statusOf(database)).toBe('running');
    await database.recordErrors([loggedErrors({ count: 1 })], 'b');
    expect(await database.watchServices()).toMatchObject({ troubled: 1, calmed: 0 });
    expect(await statusOf(database)).toBe('error');
    expect(await rows(database, 'SELECT reason FROM service_troubles')).toEqual([
      ['50 errors logged in five minutes'],
    ]);
    // Telemetry that goes on does not change that.
    for (let i = 0; i < 6; i++) {
      clock.advance(minute);
      await hear('one');
      if (i < 4) expect(await statusOf(database)).toBe('error');
    }
    expect(await database.watchServices()).toMatchObject({ troubled: 0, calmed: 1 });
    expect(await statusOf(database)).toBe('running');
  });

  it('is in error when many of its requests fail', async () => {
    const { database, hear } = await start();
    await hear('one');
    const failures = (mean: number, count: number) =>
      database.insertMetricSummary({
        timestamp: new Date(errorsFrom),
        serviceId: 'cart',
        metricName: 'traces.errors',
        interval: '5m',
        mean,
        count,
      });
    await failures(0.5, 19);
    await database.watchServices();
    expect(await statusOf(database)).toBe('running');
    await failures(0.05, 100);
    await database.watchServices();
    expect(await statusOf(database)).toBe('error');
    await failures(0.03, 100);
    await database.watchServices();
    expect(await statusOf(database)).toBe('error');
    await failures(0.02, 100);
    await database.watchServices();
    expect(await statusOf(database)).toBe('running');
  });

  it('keeps an error that an agent reported', async () => {
    const { database, hear } = await start();
    await hear('one');
    await database.heartbeatService('cart', { status: 'error' });
    await hear('one');
    await database.watchServices();
    expect(await statusOf(database)).toBe('error');
  });

  it('writes signs of life in groups, and the last of them when it is closed', async () => {
    const { clock, database, hear } = await start();
    await hear('one');
    const { commits } = (await database.stats()).queue;
    for (let i = 0; i < 14; i++) {
      clock.advance(1000);
      await hear('one');
    }
    // The first takes the turn that is due at once; the others wait.
    expect((await database.stats()).queue.commits - commits).toBeLessThanOrEqual(1);
    await database.close();
    const again = await openStore(dir);
    expect((await again.getService('cart'))!.lastSeen).toEqual(clock.date());
  });
});

describe('deploys', () => {
  it('are noticed once, and a canary does not flap', async () => {
    const { clock, database, hear } = await start();
    await hear('one', { version: '1' });
    for (let i = 0; i < 30; i++) {
      clock.advance(20_000);
      await hear('one', { version: '1' });
      await hear('two', { version: '2' });
      if (i % 5 === 0) await database.watchServices();
    }
    expect(await eventsOf(database)).toEqual([
      ['deploy', { reason: 'version_changed', from: '1', to: '2', instance: 'two' }],
    ]);
    expect((await database.getService('cart'))!.version).toBe('2');
  });

  it('are noticed once when the request that shows one comes again after a crash', async () => {
    const { clock, database, hear } = await start();
    await hear('one', { version: '1' });
    await hear('two', { version: '2' });
    await database.close();
    const again = await openStore(dir, { now: clock.now });
    const sighting = {
      id: 'cart',
      name: 'cart',
      appId: 'shop',
      agentId: 'two',
      lastSeen: clock.date(),
    };
    await again.recordErrors([], 'x', [{ ...sighting, instance: 'two', version: '2' }]);
    expect(await again.listEvents()).toHaveLength(1);
  });
});

describe('restarts', () => {
  const startedAt = (seconds: number) => new Date(errorsFrom - 600_000 + seconds * 1000);

  it('are noticed when a process says a later start', async () => {
    const { clock, database, hear } = await start();
    await hear('one', { startedAt: startedAt(0) });
    clock.advance(1000);
    await hear('one', { startedAt: startedAt(1) });
    await hear('one', { startedAt: startedAt(500) });
    await hear('one', { startedAt: startedAt(500) });
    await hear('one', { startedAt: startedAt(0) });
    expect(await eventsOf(database)).toEqual([
      [
        'restart',
        {
          reason: 'started_again',
          instance: 'one',
          startedAt: startedAt(500).toISOString(),
          lastSeenBefore: expect.any(String) as unknown,
        },
      ],
    ]);
  });

  it('are noticed when all counters of a process begin anew', async () => {
    const { clock, database } = await start();
    const resource = '{"service.name":"cart"}';
    const series = (metricName: string) =>
      ({
        serviceId: 'cart',
        metricName,
        kind: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        resource,
      }) as const;
    const send = (metricName: string, startMs: number) =>
      database.appendPoints(
        numberPoints(series(metricName), [{ timeMs: clock.now(), value: 1, startMs } as never]),
        [
          {
            id: 'cart',
            name: 'cart',
            appId: 'a',
            agentId: 'one',
            resource,
            lastSeen: clock.date(),
          },
        ],
      );
    const first = clock.now() - minute;
    await send('orders', first);
    clock.advance(minute);
    await send('orders', first);
    // A counter that is made later belongs to the same process.
    await send('carts', clock.now() - 1);
    expect(await database.listEvents()).toEqual([]);
    clock.advance(minute);
    await send('orders', clock.now() - 1000);
    expect((await eventsOf(database)).map(([type]) => type)).toEqual(['restart']);
  });

  it('are noticed when another process takes the place of one, and not when one is added', async () => {
    const { clock, database, hear } = await start();
    await hear('one');
    clock.advance(minute);
    await hear('two');
    for (let i = 0; i < 6; i++) {
      await hear('two');
      if (i > 1) await hear('three');
      clock.advance(minute);
    }
    await database.watchServices();
    await database.watchServices();
    expect(await eventsOf(database)).toEqual([
      [
        'restart',
        {
          reason: 'replaced',
          instance: 'two',
          replaces: 'one',
          lastSeenBefore: '2026-01-01T12:00:00.000Z',
        },
      ],
    ]);
  });

  it('are crashes too when the process ended with an error', async () => {
    const { clock, database, hear } = await start();
    await hear('one', { startedAt: startedAt(0) });
    await database.recordErrors([loggedErrors({ instance: 'one' })], 'a');
    clock.advance(10_000);
    await hear('one', { startedAt: startedAt(605) });
    expect(await eventsOf(database)).toMatchObject([
      ['alert', { reason: 'new_error' }],
      ['crash', { reason: 'restart_after_error', message: 'order 7 failed', instance: 'one' }],
      ['restart', { reason: 'started_again' }],
    ]);
    expect(new Set((await database.listEvents()).map((event) => event.correlationGroup)).size).toBe(
      1,
    );
  });

  it('after a fatal error have its crash already', async () => {
    const { clock, database, hear } = await start();
    await hear('one', { startedAt: startedAt(0) });
    await database.recordErrors([loggedErrors({ severity: 'fatal' })], 'a');
    clock.advance(10_000);
    await hear('one', { startedAt: startedAt(605) });
    expect((await eventsOf(database)).map(([type]) => type)).toEqual(['crash', 'restart']);
  });
});

describe('connections', () => {
  it('make an event the first time that they are seen, whoever wrote them', async () => {
    const { clock, database } = await start();
    const edge = {
      fromService: 'cart',
      toService: 'pay',
      protocol: 'http',
      observedAt: clock.date(),
    };
    await database.observeConnection(edge);
    await database.observeConnection(edge);
    await database.observeConnections([edge, { ...edge, protocol: 'grpc' }]);
    await database.watchServices();
    expect(await eventsOf(database)).toEqual([
      ['connection', { reason: 'first_seen', to: 'pay', protocol: 'http' }],
      ['connection', { reason: 'first_seen', to: 'pay', protocol: 'grpc' }],
    ]);
  });

  it('make none again when an earlier sighting comes late, nor when they are a day old', async () => {
    const { clock, database } = await start();
    const seen = (protocol: string, agoMs: number) => ({
      fromService: 'cart',
      toService: 'pay',
      protocol,
      observedAt: new Date(clock.now() - agoMs),
    });
    await database.observeConnection(seen('http', 0));
    await database.observeConnection(seen('http', 23 * 3_600_000));
    await database.observeConnection(seen('grpc', 25 * 3_600_000));
    await database.watchServices();
    expect(await eventsOf(database)).toHaveLength(1);
  });
});

describe('what events are derived from', () => {
  it('is forgotten when it is too old to matter', async () => {
    const { clock, database, hear } = await start();
    await hear('one');
    await database.recordErrors(
      Array.from({ length: 600 }, (_, i) => loggedErrors({ template: `e${i}` })),
      'a',
    );
    await database.watchServices();
    const count = (table: string) =>
      rows(database, `SELECT count(*)::INTEGER FROM ${table}`).then(([row]) => row![0]);
    expect(await count('log_errors')).toBe(500);
    clock.advance(31 * 24 * 60 * minute);
    await database.watchServices();
    for (const table of [
      'log_errors',
      'log_error_minutes',
      'counted_requests',
      'open_events',
      'service_instances',
    ]) {
      expect([table, await count(table)]).toEqual([table, 0]);
    }
  });
});
