import { eventually, manualClock, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import type { OpenDatabaseOptions } from '../src/index.js';
import { openStore } from './support/open-store.js';
import { spanColumns } from './support/span-columns.js';

const noon = Date.UTC(2026, 0, 1, 12);
const hour = 3_600_000;

describe('the number of spans of an hour', () => {
  const dir = useTempDir();

  async function open(options: Partial<OpenDatabaseOptions> = {}) {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now, ...options });
    onTestEnd(() => database.close());
    return { database, clock };
  }

  /** Requests to a service, each of a trace of its own. */
  const requests = (count: number, endMs = noon, service = 'shop') =>
    spanColumns(
      Array.from({ length: count }, (_, index) => ({
        ...{ trace: index + 1, id: index + 1, service, kind: 'server' as const, name: 'GET /' },
        endMs,
      })),
    );
  const refusal = (allowed: number, count: number) => [
    { reason: expect.stringContaining(`storage.max_spans_per_hour: ${allowed}`), count },
  ];

  it('is bounded: the first that there is room for are stored, the others refused', async () => {
    const { database } = await open({ maxSpansPerHour: 10 });
    expect(await database.appendSpans(requests(7))).toEqual({ accepted: 7, rejected: [] });
    expect(await database.appendSpans(requests(3))).toEqual({ accepted: 3, rejected: [] });
    expect(await database.appendSpans(requests(5))).toEqual({
      accepted: 0,
      rejected: refusal(10, 5),
    });
    const { tables, limits } = await database.stats();
    expect(tables['spans']).toBe(10);
    expect(limits).toMatchObject({ maxSpansPerHour: 10 });
  });

  it('is bounded for requests that share a commit, too', async () => {
    const { database } = await open({ maxSpansPerHour: 10 });
    const results = await Promise.all(
      [4, 4, 4].map((count) => database.appendSpans(requests(count))),
    );
    expect(results.map(({ accepted }) => accepted)).toEqual([4, 4, 2]);
    expect((await database.stats()).tables['spans']).toBe(10);
  });

  it('has no bound at 0', async () => {
    const { database } = await open({ maxSpansPerHour: 0 });
    expect(await database.appendSpans(requests(20))).toEqual({ accepted: 20, rejected: [] });
  });

  it('is still known after a restart', async () => {
    const { database } = await open({ maxSpansPerHour: 10 });
    await database.appendSpans(requests(8));
    await database.close();
    const { database: again } = await open({ maxSpansPerHour: 10 });
    expect(await again.appendSpans(requests(3))).toEqual({ accepted: 2, rejected: refusal(10, 1) });
  });

  it('is told in one event an hour', async () => {
    const { database, clock } = await open({ maxSpansPerHour: 1 });
    await database.appendSpans(requests(3));
    await eventually(async () => (await database.listEvents()).length > 0);
    await database.appendSpans(requests(2));
    await database.checkpoint(); // Whatever was queued before it is written.
    const [event, ...others] = await database.listEvents();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      serviceId: 'shop',
      eventType: 'span_limit',
      details: { setting: 'storage.max_spans_per_hour', allowed: 1, refusedSpans: 2 },
    });
    clock.advance(hour);
    await database.appendSpans(requests(2, clock.now()));
    await eventually(async () => (await database.listEvents()).length === 2);
  });

  it('leaves room in other hours, so that old ones are dropped and take their count along', async () => {
    const { database, clock } = await open({ maxSpansPerHour: 10 });
    const halfHourAgo = noon - hour / 2;
    expect(await database.appendSpans(requests(12, halfHourAgo))).toMatchObject({ accepted: 10 });
    expect(await database.appendSpans(requests(12))).toMatchObject({ accepted: 10 });
    for (let hours = 1; hours <= 6; hours += 1) {
      clock.advance(hour);
      expect(await database.appendSpans(requests(12, clock.now()))).toMatchObject({ accepted: 10 });
      await database.maintain();
    }
    expect((await database.stats()).tables['spans']).toBeLessThanOrEqual(50);
    await database.close();
    const { database: again } = await open({ maxSpansPerHour: 10, now: clock.now });
    expect(await again.appendSpans(requests(1, clock.now()))).toMatchObject({ accepted: 0 });
  }, 120_000);
});
