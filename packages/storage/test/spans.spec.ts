import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import type { Database } from '../src/index.js';
import { rows } from './support/look-ups.js';
import { openStore } from './support/open-store.js';
import { spanColumns, type TestSpan } from './support/span-columns.js';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);
const http = { protocol: 'http' } as const;

describe('spans', () => {
  const dir = useTempDir();
  const clock = manualClock(noon + 30 * minute);
  let database: Database;

  beforeEach(async () => {
    clock.set(noon + 30 * minute);
    database = await openStore(dir, { now: clock.now });
  });

  async function send(...spans: TestSpan[]) {
    await expect(database.appendSpans(spanColumns(spans))).resolves.toEqual({
      accepted: spans.length,
      rejected: [],
    });
  }

  /** `from → to protocol × count`, first and last in minutes since noon. */
  async function connections(): Promise<string[]> {
    await database.connectServices();
    const all = (await database.getServiceTopology()).connections;
    return all.map(
      ({ fromService, toService, protocol, connectionCount, firstObserved, lastObserved }) =>
        `${fromService} → ${toService} ${protocol} × ${connectionCount}, ` +
        `${(firstObserved.getTime() - noon) / minute} to ${(lastObserved.getTime() - noon) / minute}`,
    );
  }

  /** A call of `from` to `to`, seen from both sides. */
  const call = (
    trace: number,
    from: string,
    to: string,
    minutes: number,
  ): [client: TestSpan, server: TestSpan] => [
    {
      ...http,
      ...{ trace, id: 1, service: from, kind: 'client', peer: `${to}:80`, name: 'GET' },
      endMs: noon + minutes * minute,
    },
    {
      ...http,
      ...{ trace, id: 2, parent: 1, service: to, kind: 'server', name: 'GET /' },
      endMs: noon + minutes * minute,
    },
  ];

  describe('connections', () => {
    it('join a client with the server that it called', async () => {
      await send(...call(1, 'shop', 'cart', 1), ...call(2, 'shop', 'cart', 2));
      await expect(connections()).resolves.toEqual(['shop → cart http × 2, 1 to 2']);
    });

    it('lead to a peer that no span comes from', async () => {
      const [client] = call(1, 'shop', 'bank', 1);
      await send(client, { ...client, id: 3, protocol: 'postgresql', peer: 'db:5432' });
      await expect(connections()).resolves.toEqual([
        'shop → bank:80 http × 1, 1 to 1',
        'shop → db:5432 postgresql × 1, 1 to 1',
      ]);
    });

    it('turn from a guess into what is known once the other side has come', async () => {
      const [client, server] = call(1, 'shop', 'cart', 1);
      await send(client);
      await expect(connections()).resolves.toEqual(['shop → cart:80 http × 1, 1 to 1']);
      await send(server);
      await expect(connections()).resolves.toEqual(['shop → cart http × 1, 1 to 1']);
    });

    it('take back a guess of another window', async () => {
      const [client, server] = call(1, 'shop', 'cart', 6);
      await send(client, { ...client, trace: 2, endMs: noon });
      await expect(connections()).resolves.toEqual(['shop → cart:80 http × 2, 0 to 6']);
      await send({ ...server, endMs: noon + 4 * minute });
      await expect(connections()).resolves.toEqual([
        'shop → cart http × 1, 4 to 4',
        'shop → cart:80 http × 1, 0 to 0',
      ]);
    });

    it('wait for a server that came before its client', async () => {
      const [client, server] = call(1, 'shop', 'cart', 6);
      await send({ ...server, endMs: noon });
      await expect(connections()).resolves.toEqual([]);
      await send(client);
      await expect(connections()).resolves.toEqual(['shop → cart http × 1, 0 to 0']);
    });

    it('do not join spans that end more than a quarter of an hour apart', async () => {
      const [client, server] = call(1, 'shop', 'cart', 16);
      await send(client, { ...server, endMs: noon });
      await expect(connections()).resolves.toEqual(['shop → cart:80 http × 1, 16 to 16']);
      await send({ ...client, trace: 2 }, { ...server, trace: 2, endMs: noon + minute });
      await expect(connections()).resolves.toEqual([
        'shop → cart http × 1, 1 to 1',
        'shop → cart:80 http × 1, 16 to 16',
      ]);
    });

    it('join a producer with each consumer of its message', async () => {
      const kafka = { trace: 1, protocol: 'kafka', peer: 'orders', endMs: noon } as const;
      await send(
        { ...kafka, id: 1, service: 'shop', kind: 'producer' },
        { ...kafka, id: 2, parent: 1, service: 'mail', kind: 'consumer' },
        { ...kafka, id: 3, parent: 1, service: 'stock', kind: 'consumer' },
      );
      await expect(connections()).resolves.toEqual([
        'shop → mail kafka × 1, 0 to 0',
        'shop → stock kafka × 1, 0 to 0',
      ]);
    });

    it('lead through the queue when producer and consumer share no trace', async () => {
      const kafka = { protocol: 'kafka', peer: 'orders', endMs: noon } as const;
      await send(
        { ...kafka, trace: 1, id: 1, service: 'shop', kind: 'producer' },
        { ...kafka, trace: 2, id: 2, service: 'mail', kind: 'consumer' },
      );
      await expect(connections()).resolves.toEqual([
        'orders → mail kafka × 1, 0 to 0',
        'shop → orders kafka × 1, 0 to 0',
      ]);
    });

    it('count a service that calls itself, and no steps within it', async () => {
      const [client, server] = call(1, 'shop', 'shop', 1);
      const step = { trace: 1, id: 3, parent: 2, service: 'shop', endMs: noon } as const;
      await send(client, server, step, { ...step, id: 4, parent: 3, kind: 'server' });
      await expect(connections()).resolves.toEqual(['shop → shop http × 1, 1 to 1']);
    });

    it('of the same span sent again count once', async () => {
      const [client, server] = call(1, 'shop', 'cart', 1);
      await send(client, client, server);
      await expect(connections()).resolves.toEqual(['shop → cart http × 1, 1 to 1']);
      await send(server, client);
      await expect(connections()).resolves.toEqual(['shop → cart http × 1, 1 to 1']);
    });

    it('miss no span that comes while they are computed', async () => {
      let calls = 0;
      const sendCall = () => send(...call((calls += 1), 'shop', 'cart', 1));
      await sendCall();
      const { durationMs } = await database.connectServices();
      const moments = 20;
      for (let moment = 0; moment < moments; moment += 1) {
        await sendCall();
        const computing = database.connectServices();
        await setTimeout((durationMs * moment) / moments);
        await sendCall();
        await computing;
        await expect(connections()).resolves.toEqual([`shop → cart http × ${calls}, 1 to 1`]);
      }
    });

    it('are counted beside what agents report', async () => {
      const reported = { fromService: 'shop', toService: 'cart', protocol: 'http' };
      const at = (minutes: number) => new Date(noon + minutes * minute);
      await database.observeConnection({ ...reported, observedAt: at(-9), count: 10 });
      const [client, server] = call(1, 'shop', 'cart', 1);
      await send(client, server);
      await expect(connections()).resolves.toEqual(['shop → cart http × 11, -9 to 1']);
      await database.observeConnection({ ...reported, observedAt: at(2), count: 5 });
      await send(...call(2, 'shop', 'cart', 3));
      await expect(connections()).resolves.toEqual(['shop → cart http × 17, -9 to 3']);
    });

    it('stay when their spans are dropped, and grow with those that follow', async () => {
      await send(...call(1, 'shop', 'cart', 1), ...call(2, 'shop', 'old', 1));
      await connections();
      for (let hour = 1; hour <= 6; hour += 1) {
        clock.set(noon + (hour * 60 + 30) * minute);
        await send(...call(3, 'shop', 'cart', hour * 60));
        await database.maintain();
      }
      const [[oldest, parts]] = (await rows(
        database,
        `SELECT (SELECT hour(min(end_time)) FROM spans),
           (SELECT count(*) FROM connection_parts WHERE to_service = 'old')`,
      )) as [[number, number]];
      expect(oldest).toBeGreaterThan(13);
      expect(parts).toBe(0);
      await expect(connections()).resolves.toEqual([
        'shop → cart http × 7, 1 to 360',
        'shop → old http × 1, 1 to 1',
      ]);
      // Of what is closed nothing comes again.
      const late = call(1, 'shop', 'cart', 1);
      await expect(database.appendSpans(spanColumns(late))).resolves.toMatchObject({ accepted: 0 });
    });

    it('are found by whoever opens the file next', async () => {
      const [client, server] = call(1, 'shop', 'cart', 1);
      await send(client);
      await database.close();
      database = await openStore(dir, { now: clock.now });
      await send(server);
      await database.close();
      database = await openStore(dir, { now: clock.now });
      await expect(connections()).resolves.toEqual(['shop → cart http × 1, 1 to 1']);
    });
  });

  describe('requests', () => {
    async function summaries(interval: '5m' | '1h' = '5m') {
      await database.summarise();
      await database.rollUp();
      const all = await database.listMetricSummaries({ interval });
      return Object.fromEntries(
        all.map(({ serviceId, metricName, count, mean, p50, p95, p99, max }) => [
          `${serviceId} ${metricName}`,
          { count, mean, p50, p95, p99, max },
        ]),
      );
    }

    it('have rate, errors and exact durations per service and operation', async () => {
      const request = (
        id: number,
        name: string,
        durationMs: number,
        isError = false,
      ): TestSpan => ({
        ...{ trace: id, id, parent: 99, service: 'shop', kind: 'server', name },
        ...{ endMs: noon + id, durationMs, isError },
      });
      await send(
        ...Array.from({ length: 101 }, (_, index) => request(index + 1, 'GET /', index, index < 5)),
        request(200, 'POST /orders', 2_000),
      );
      const all = await summaries();
      expect(Object.keys(all)).toHaveLength(6);
      expect(all['shop traces.duration/GET /']).toEqual({
        count: 101,
        mean: expect.closeTo(0.05),
        p50: expect.closeTo(0.05),
        p95: expect.closeTo(0.095),
        p99: expect.closeTo(0.099),
        max: 0.1,
      });
      expect(all['shop traces.errors/GET /']).toMatchObject({
        count: 101,
        mean: expect.closeTo(5 / 101),
        max: 1,
      });
      expect(all['shop traces.duration']).toMatchObject({ count: 102, max: 2 });
      expect(all['shop traces.errors/POST /orders']).toMatchObject({ count: 1, mean: 0 });
      const hourly = await summaries('1h');
      expect(hourly['shop traces.duration']).toMatchObject({ count: 102, max: 2 });
      expect(Math.abs(hourly['shop traces.duration/GET /']!.p95! / 0.095 - 1)).toBeLessThan(0.01);
    });

    it('are what comes in, and what starts by itself', async () => {
      const span = { trace: 1, service: 'shop', endMs: noon } as const;
      await send(
        { ...span, id: 1, name: 'nightly' },
        { ...span, id: 2, parent: 1, name: 'step' },
        { ...span, id: 3, parent: 1, name: 'query', kind: 'client' },
        { ...span, id: 4, name: 'ping', kind: 'client' },
        { ...span, id: 5, name: 'send', kind: 'producer' },
        { ...span, id: 6, parent: 5, name: 'process', kind: 'consumer' },
      );
      expect(Object.keys(await summaries()).sort()).toEqual([
        'shop traces.duration',
        'shop traces.duration/nightly',
        'shop traces.duration/process',
        'shop traces.errors',
        'shop traces.errors/nightly',
        'shop traces.errors/process',
      ]);
    });

    it('sent again count once, also beside points of the same window', async () => {
      const [, server] = call(1, 'shop', 'cart', 1);
      await send(server, server);
      await summaries();
      await send(server);
      expect((await summaries())['cart traces.duration']).toMatchObject({ count: 1 });
    });

    it('of more operations than a service may have go by the name other', async () => {
      const named = (id: number): TestSpan => ({
        ...{ trace: id, id, service: 'shop', kind: 'server', name: `GET /orders/${id}` },
        endMs: noon,
      });
      await send(...Array.from({ length: 250 }, (_, index) => named(index + 1)));
      await send(named(250), named(251));
      const all = await summaries();
      expect(Object.keys(all)).toHaveLength(2 * 202);
      expect(all['shop traces.duration']).toMatchObject({ count: 251 });
      expect(all['shop traces.duration/other']).toMatchObject({ count: 51 });
      expect(all['shop traces.duration/GET /orders/200']).toMatchObject({ count: 1 });
    });
  });

  it('that cannot be stored are refused one by one', async () => {
    const [client] = call(1, 'shop', 'cart', 1);
    const spans = [
      client,
      { ...client, endMs: noon - 31 * minute },
      { ...client, endMs: noon + 41 * minute },
      { ...client, service: ' ' },
    ];
    await expect(database.appendSpans(spanColumns(spans))).resolves.toEqual({
      accepted: 1,
      rejected: [
        { reason: 'older than 3600 s', count: 1 },
        { reason: 'more than 600 s in the future', count: 1 },
        { reason: 'a name that cannot be stored', count: 1 },
      ],
    });
  });

  it('keep their ids, of which SQL makes the hexadecimal ones', async () => {
    await send(...call(10, 'shop', 'cart', 1));
    await expect(
      rows(
        database,
        `SELECT format('{:016x}{:016x}', trace_high, trace_low), format('{:016x}', span_id),
           parent_id::INTEGER, service_id, is_error
         FROM spans JOIN span_operations USING (operation_id) ORDER BY span_id`,
      ),
    ).resolves.toEqual([
      ['8000000000000007000000000000000a', '0000000000000001', 0, 'shop', false],
      ['8000000000000007000000000000000a', '0000000000000002', 1, 'cart', false],
    ]);
  });
});
