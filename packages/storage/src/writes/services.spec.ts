import { beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { badDates, badNames, badObjects, hostileTexts } from '../../test/support/bad-values.js';
import { openStore } from '../../test/support/open-store.js';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { serviceStatuses, type Database, type ServiceInput } from '../index.js';

const noon = new Date('2026-01-01T12:00:00Z');
const checkout: ServiceInput = {
  id: 'checkout',
  name: 'Checkout',
  appId: 'shop',
  agentId: 'host-1',
};

describe('services', () => {
  const dir = useTempDir();

  it('come back as they were registered', async () => {
    const database = await openStore(dir);
    const whole = {
      ...checkout,
      version: '1.4.2',
      labels: { team: 'payments', tags: ['a', 'b'], nested: { deep: null }, n: 1.5 },
      lastSeen: noon,
      status: 'error',
    } as const;
    await database.upsertService(whole);
    expect(await database.getService('checkout')).toEqual(whole);
  });

  it('lack what was not said, and are running now by default', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    await database.upsertService(checkout);
    expect(await database.getService('checkout')).toEqual({
      ...checkout,
      lastSeen: noon,
      status: 'running',
    });
  });

  it('are replaced as a whole when they are registered again', async () => {
    const database = await openStore(dir);
    await database.upsertService({ ...checkout, version: '1', labels: { a: 1 }, status: 'error' });
    await database.upsertService({ ...checkout, name: 'Till', lastSeen: noon });
    expect(await database.listServices()).toEqual([
      { ...checkout, name: 'Till', lastSeen: noon, status: 'running' },
    ]);
  });

  it('have NULL in the table where a property is absent', async () => {
    const database = await openStore(dir);
    await database.upsertService(checkout);
    await database.close();
    expect(
      await bareDuckdb(database.path, 'SELECT version IS NULL, labels IS NULL FROM services'),
    ).toEqual([[true, true]]);
  });

  it('show labels that another program wrote, though they are no object', async () => {
    const database = await openStore(dir);
    await database.close();
    await bareDuckdb(
      database.path,
      `INSERT INTO services VALUES ('a', 'a', 'a', NULL, 'a', 'not JSON', now()::TIMESTAMP, 'running'),
         ('b', 'b', 'b', NULL, 'b', '[1]', now()::TIMESTAMP, 'running')`,
    );
    const again = await openStore(dir);
    expect((await again.listServices()).map(({ labels }) => labels)).toEqual([
      { text: 'not JSON' },
      { text: '[1]' },
    ]);
  });

  it('are listed by id, by status, and up to a limit', async () => {
    const database = await openStore(dir);
    for (const [id, status] of [
      ['b', 'running'],
      ['a', 'stopped'],
      ['c', 'running'],
    ] as const) {
      await database.upsertService({ ...checkout, id, status });
    }
    const ids = async (filter?: Parameters<Database['listServices']>[0]) =>
      (await database.listServices(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(['a', 'b', 'c']);
    expect(await ids({ status: 'running' })).toEqual(['b', 'c']);
    expect(await ids({ status: 'error' })).toEqual([]);
    expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
    expect(await ids({ status: undefined, limit: undefined })).toEqual(['a', 'b', 'c']);
  });

  it('that are unknown are undefined', async () => {
    const database = await openStore(dir);
    expect(await database.getService('nobody')).toBeUndefined();
    expect(await database.getService('')).toBeUndefined();
  });

  it('can be deleted, once', async () => {
    const database = await openStore(dir);
    await database.upsertService(checkout);
    expect(await database.deleteService('checkout')).toBe(true);
    expect(await database.deleteService('checkout')).toBe(false);
    expect(await database.listServices()).toEqual([]);
  });

  describe('and heartbeats', () => {
    it('move last_seen on, to now by default, and say running', async () => {
      const clock = manualClock(noon);
      const database = await openStore(dir, { now: clock.now });
      await database.upsertService({ ...checkout, status: 'stopped' });
      clock.advance(30_000);
      expect(await database.heartbeatService('checkout')).toBe(true);
      expect(await database.getService('checkout')).toMatchObject({
        lastSeen: clock.date(),
        status: 'running',
      });
    });

    it('take time and status from the caller', async () => {
      const database = await openStore(dir);
      await database.upsertService({ ...checkout, lastSeen: noon });
      const at = new Date(+noon + 1);
      await database.heartbeatService('checkout', { at, status: 'error' });
      expect(await database.getService('checkout')).toMatchObject({
        lastSeen: at,
        status: 'error',
      });
    });

    it('never move last_seen back', async () => {
      const database = await openStore(dir);
      await database.upsertService({ ...checkout, lastSeen: noon });
      expect(await database.heartbeatService('checkout', { at: new Date(+noon - 1) })).toBe(true);
      expect((await database.getService('checkout'))?.lastSeen).toEqual(noon);
    });

    it('that come late do not overwrite a newer status', async () => {
      const database = await openStore(dir);
      await database.upsertService({ ...checkout, lastSeen: noon, status: 'error' });
      await database.heartbeatService('checkout', { at: new Date(+noon - 1), status: 'running' });
      expect(await database.getService('checkout')).toMatchObject({ status: 'error' });
      await database.heartbeatService('checkout', { at: noon, status: 'running' });
      expect(await database.getService('checkout')).toMatchObject({ status: 'running' });
    });

    it('leave everything else as it was', async () => {
      const database = await openStore(dir);
      await database.upsertService({ ...checkout, version: '1', labels: { a: 1 } });
      await database.heartbeatService('checkout', { at: noon });
      expect(await database.getService('checkout')).toMatchObject({
        ...checkout,
        version: '1',
        labels: { a: 1 },
      });
    });

    it('of an unknown service are false and register nothing', async () => {
      const database = await openStore(dir);
      expect(await database.heartbeatService('nobody')).toBe(false);
      expect(await database.listServices()).toEqual([]);
    });
  });
});

describe('what cannot be a service', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown) =>
    expect(
      database.upsertService({ ...checkout, [field]: value } as ServiceInput),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field } });

  it.each(['id', 'name', 'appId', 'agentId'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNames) await refuses(field, value);
  });

  it.each([...badObjects])('is refused for labels that are %s', async (_, value) => {
    await refuses('labels', value);
  });

  it.each([...badDates])('is refused for a lastSeen that is %s', async (_, value) => {
    if (value !== null) await refuses('lastSeen', value);
  });

  it.each(['Running', '', 'gone', 5])('is refused for the status %j', async (status) => {
    await refuses('status', status);
  });

  it.each([5, 'a\0', 'x'.repeat(65_537)])('is refused for some versions', async (version) => {
    await refuses('version', version);
  });

  it('was never stored', async () => {
    expect(await database.listServices()).toEqual([]);
  });

  it('is not a name of 512 characters, nor a version or labels at their limits', async () => {
    const id = '😀'.repeat(256);
    const labels = { text: 'x'.repeat(65_536 - '{"text":""}'.length) };
    await database.upsertService({ ...checkout, id, version: 'v'.repeat(65_536), labels });
    expect(await database.getService(id)).toMatchObject({ id, labels });
    await database.deleteService(id);
  });

  it.each(serviceStatuses)('is not the status %s', async (status) => {
    await database.upsertService({ ...checkout, status });
    expect(await database.getService('checkout')).toMatchObject({ status });
    await database.deleteService('checkout');
  });

  it.each(hostileTexts)('is not %j: it is stored as it stands', async (text) => {
    await database.upsertService({
      id: text,
      name: text,
      appId: text,
      agentId: text,
      labels: { [text]: text },
    });
    expect(await database.getService(text)).toMatchObject({ id: text, labels: { [text]: text } });
    expect(await database.deleteService(text)).toBe(true);
  });

  it('is the target of no heartbeat', async () => {
    await database.upsertService({ ...checkout, lastSeen: noon });
    const bad: [string, string, object][] = [
      ['id', '', {}],
      ['id', 'a\0', {}],
      ...badDates.map(([, at]): [string, string, object] => ['at', 'checkout', { at }]),
      ['status', 'checkout', { status: 'gone' }],
    ];
    for (const [field, id, options] of bad) {
      await expect(database.heartbeatService(id, options)).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field },
      });
    }
    expect(await database.getService('checkout')).toMatchObject({ lastSeen: noon });
    await database.deleteService('checkout');
  });

  it.each([0, -1, 1.5, 2 ** 31, NaN])('cannot be listed up to %d', async (limit) => {
    await expect(database.listServices({ limit })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: 'limit' },
    });
  });
});
