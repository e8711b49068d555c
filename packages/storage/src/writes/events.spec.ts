import { beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { badDates, badNames, badObjects, hostileTexts } from '../../test/support/bad-values.js';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';
import type { Database, EventInput } from '../index.js';

const noon = Date.UTC(2026, 0, 1, 12);
const at = (ms: number) => new Date(noon + ms);
const deploy: EventInput = { serviceId: 'checkout', eventType: 'deploy' };

describe('events', () => {
  const dir = useTempDir();

  it('come back as they were recorded, with an id', async () => {
    const database = await openStore(dir);
    const whole = {
      ...deploy,
      timestamp: at(0),
      details: { version: '1.4.2', steps: [1, { two: null }], quote: '"\'\\', line: '\n' },
      correlationGroup: 'release-42',
    };
    const id = await database.recordEvent(whole);
    expect(await database.listEvents()).toEqual([{ ...whole, id }]);
  });

  it('lack what was not said, have NULL for it, and happen now', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    const id = await database.recordEvent(deploy);
    expect(await database.listEvents()).toEqual([{ ...deploy, id, timestamp: at(0) }]);
    await database.close();
    expect(
      await bareDuckdb(
        database.path,
        'SELECT details IS NULL, correlation_group IS NULL FROM events',
      ),
    ).toEqual([[true, true]]);
  });

  it('tell empty details from none', async () => {
    const database = await openStore(dir);
    await database.recordEvent({ ...deploy, details: {} });
    expect((await database.listEvents())[0]!.details).toEqual({});
  });

  it('have ids that grow, in the order of a batch', async () => {
    const database = await openStore(dir);
    const first = await database.recordEvent(deploy);
    const ids = await database.recordEvents(
      ['a', 'b', 'c'].map((eventType) => ({ ...deploy, eventType })),
    );
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(Math.min(...ids)).toBeGreaterThan(first);
    const types = new Map(
      (await database.listEvents()).map(({ id, eventType }) => [id, eventType]),
    );
    expect(ids.map((id) => types.get(id))).toEqual(['a', 'b', 'c']);
  });

  it('have ids that no restart gives twice', async () => {
    const first = await openStore(dir);
    const before = await first.recordEvents([deploy, deploy]);
    await first.close();
    const second = await openStore(dir);
    expect(await second.recordEvent(deploy)).toBeGreaterThan(Math.max(...before));
  });

  it('may be the same twice: an event is never replaced', async () => {
    const database = await openStore(dir);
    await database.recordEvents([deploy, deploy]);
    expect(await database.listEvents()).toHaveLength(2);
  });

  it('go in all or none', async () => {
    const database = await openStore(dir);
    await expect(
      database.recordEvents([deploy, { ...deploy, serviceId: '' }]),
    ).rejects.toMatchObject({ details: { field: '[1].serviceId' } });
    expect(await database.listEvents()).toEqual([]);
  });

  it('may be none at all', async () => {
    const database = await openStore(dir);
    expect(await database.recordEvents([])).toEqual([]);
  });

  it('are listed newest first, and by id where their time is the same', async () => {
    const database = await openStore(dir);
    await database.recordEvents([
      { ...deploy, eventType: 'second', timestamp: at(5) },
      { ...deploy, eventType: 'first', timestamp: at(0) },
      { ...deploy, eventType: 'third', timestamp: at(5) },
    ]);
    expect((await database.listEvents()).map(({ eventType }) => eventType)).toEqual([
      'third',
      'second',
      'first',
    ]);
  });

  it('are filtered by service, type, group and time, from inclusive and to exclusive', async () => {
    const database = await openStore(dir);
    const [a, b, c] = await database.recordEvents([
      { serviceId: 'cart', eventType: 'deploy', timestamp: at(0), correlationGroup: 'g' },
      { serviceId: 'checkout', eventType: 'crash', timestamp: at(1), correlationGroup: 'g' },
      { serviceId: 'checkout', eventType: 'deploy', timestamp: at(2) },
    ]);
    const ids = async (filter: Parameters<Database['listEvents']>[0]) =>
      (await database.listEvents(filter)).map(({ id }) => id);
    expect(await ids({ serviceId: 'checkout' })).toEqual([c, b]);
    expect(await ids({ eventType: 'deploy' })).toEqual([c, a]);
    expect(await ids({ correlationGroup: 'g' })).toEqual([b, a]);
    expect(await ids({ from: at(1) })).toEqual([c, b]);
    expect(await ids({ to: at(1) })).toEqual([a]);
    expect(await ids({ from: at(1), to: at(2) })).toEqual([b]);
    expect(await ids({ serviceId: 'cart', eventType: 'crash' })).toEqual([]);
    expect(await ids({ limit: 1 })).toEqual([c]);
    const ofGroup = await database.getEventsByCorrelationGroup('g');
    expect(ofGroup.map(({ id }) => id)).toEqual([b, a]);
  });

  it('of one service are the newest, 100 when no limit is given', async () => {
    const database = await openStore(dir);
    await database.recordEvents([
      ...Array.from({ length: 101 }, (_, n) => ({ ...deploy, timestamp: at(n) })),
      { ...deploy, serviceId: 'cart' },
    ]);
    const found = await database.getRecentEvents('checkout');
    expect(found).toHaveLength(100);
    expect(found.at(-1)!.timestamp).toEqual(at(1));
    expect(await database.getRecentEvents('checkout', 101)).toHaveLength(101);
    expect(await database.getRecentEvents('checkout', 1)).toHaveLength(1);
    expect(await database.getRecentEvents('nobody')).toEqual([]);
  });

  it('may lie anywhere in time', async () => {
    const database = await openStore(dir);
    const times = [-8.64e15, -1, 0, 8.64e15];
    await database.recordEvents(times.map((ms) => ({ ...deploy, timestamp: new Date(ms) })));
    expect((await database.listEvents()).map(({ timestamp }) => +timestamp)).toEqual(
      times.reverse(),
    );
  });
});

describe('what cannot be an event', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown) =>
    expect(database.recordEvent({ ...deploy, [field]: value } as EventInput)).rejects.toMatchObject(
      { code: 'STORAGE_INVALID_INPUT', details: { field } },
    );

  it.each(['serviceId', 'eventType'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNames) await refuses(field, value);
  });

  it.each(badNames.filter(([, value]) => value !== undefined))(
    'is refused for a correlation group of %s',
    async (_, value) => {
      await refuses('correlationGroup', value);
    },
  );

  it.each([...badObjects])('is refused for details that are %s', async (_, value) => {
    await refuses('details', value);
  });

  it.each(badDates.filter(([, value]) => value !== null))(
    'is refused for a timestamp that is %s',
    async (_, value) => {
      await refuses('timestamp', value);
    },
  );

  it('was never stored', async () => {
    expect(await database.listEvents()).toEqual([]);
  });

  it.each(hostileTexts)('is not %j: it is stored as it stands', async (text) => {
    const event = {
      serviceId: text,
      eventType: text,
      correlationGroup: text,
      details: { [text]: text, nul: '\0', half: '\ud800' },
    };
    await database.recordEvent(event);
    expect(await database.getRecentEvents(text)).toMatchObject([event]);
    expect(await database.getEventsByCorrelationGroup(text)).toHaveLength(1);
  });

  it.each([0, -1, 1.5, NaN])('cannot be looked for up to %d', async (limit) => {
    for (const list of [
      database.getRecentEvents('checkout', limit),
      database.listEvents({ limit }),
    ]) {
      await expect(list).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field: 'limit' },
      });
    }
  });

  it.each(['from', 'to'])('cannot be looked for by a bad %s', async (field) => {
    for (const [, value] of badDates) {
      await expect(database.listEvents({ [field]: value })).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field },
      });
    }
  });
});
