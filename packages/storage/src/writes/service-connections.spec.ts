import { beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { badCounts, badDates, badNames, hostileTexts } from '../../test/support/bad-values.js';
import { openStore } from '../../test/support/open-store.js';
import type { ConnectionInput, Database } from '../index.js';

const noon = Date.UTC(2026, 0, 1, 12);
const at = (ms: number) => new Date(noon + ms);
const edge: ConnectionInput = { fromService: 'checkout', toService: 'postgres', protocol: 'sql' };
const most = 2_147_483_647;

const connectionsOf = async (database: Database) =>
  (await database.getServiceTopology()).connections;

describe('connections', () => {
  const dir = useTempDir();

  it('are seen once and now when nothing else is said', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    await database.observeConnection(edge);
    expect(await connectionsOf(database)).toEqual([
      { ...edge, firstObserved: at(0), lastObserved: at(0), connectionCount: 1 },
    ]);
  });

  it('add up, and stretch from the earliest sighting to the latest', async () => {
    const database = await openStore(dir);
    await database.observeConnection({ ...edge, observedAt: at(5), count: 2 });
    await database.observeConnection({ ...edge, observedAt: at(9), count: 3 });
    await database.observeConnection({ ...edge, observedAt: at(1) });
    expect(await connectionsOf(database)).toEqual([
      { ...edge, firstObserved: at(1), lastObserved: at(9), connectionCount: 6 },
    ]);
  });

  it('add up within one batch as they do one by one', async () => {
    const database = await openStore(dir);
    await database.observeConnections([
      { ...edge, observedAt: at(5), count: 2 },
      { ...edge, toService: 'redis', observedAt: at(0) },
      { ...edge, observedAt: at(1) },
      { ...edge, observedAt: at(9), count: 3 },
    ]);
    expect(await connectionsOf(database)).toEqual([
      { ...edge, firstObserved: at(1), lastObserved: at(9), connectionCount: 6 },
      {
        ...edge,
        toService: 'redis',
        firstObserved: at(0),
        lastObserved: at(0),
        connectionCount: 1,
      },
    ]);
  });

  it('are kept apart by both ends and the protocol', async () => {
    const database = await openStore(dir);
    await database.observeConnections([
      edge,
      { ...edge, fromService: 'cart' },
      { ...edge, toService: 'redis' },
      { ...edge, protocol: 'http' },
      { ...edge, fromService: edge.toService, toService: edge.fromService },
    ]);
    expect(await connectionsOf(database)).toHaveLength(5);
  });

  it('are not mixed up where names could be joined in two ways', async () => {
    const database = await openStore(dir);
    await database.observeConnections([
      { fromService: 'a', toService: 'b c', protocol: 'd' },
      { fromService: 'a b', toService: 'c', protocol: 'd' },
    ]);
    expect(await connectionsOf(database)).toHaveLength(2);
  });

  it('may lead from a service to itself', async () => {
    const database = await openStore(dir);
    await database.observeConnection({ ...edge, toService: edge.fromService });
    expect(await connectionsOf(database)).toHaveLength(1);
  });

  it('stay at the largest count that an INTEGER holds', async () => {
    const database = await openStore(dir);
    await database.observeConnection({ ...edge, count: most - 1 });
    await database.observeConnection(edge);
    expect(await connectionsOf(database)).toMatchObject([{ connectionCount: most }]);
    await database.observeConnection({ ...edge, count: most });
    await database.observeConnections([
      { ...edge, count: most },
      { ...edge, count: most },
    ]);
    expect(await connectionsOf(database)).toMatchObject([{ connectionCount: most }]);
  });

  it('go in all or none', async () => {
    const database = await openStore(dir);
    await expect(
      database.observeConnections([edge, { ...edge, protocol: '' }]),
    ).rejects.toMatchObject({ details: { field: '[1].protocol' } });
    expect(await connectionsOf(database)).toEqual([]);
  });

  it('may be none at all', async () => {
    const database = await openStore(dir);
    await database.observeConnections([]);
    expect(await connectionsOf(database)).toEqual([]);
  });

  it('make the topology together with the services that are registered', async () => {
    const database = await openStore(dir);
    await database.upsertService({ id: 'checkout', name: 'Checkout', appId: 'a', agentId: 'b' });
    await database.upsertService({ id: 'alone', name: 'Alone', appId: 'a', agentId: 'b' });
    await database.observeConnection(edge);
    const { services, connections } = await database.getServiceTopology();
    expect(services.map(({ id }) => id)).toEqual(['alone', 'checkout']);
    expect(connections).toMatchObject([edge]); // postgres never sent telemetry.
  });
});

describe('a topology', () => {
  const dir = useTempDir();

  it('is in order, whatever the names, times and counts are', async () => {
    const database = await openStore(dir);
    expect(await connectionsOf(database)).toEqual([]);
    const odd = ['"quoted\\"', 'line\nbreak', 'tab\there', '😀 ﷽', 'null', '', '[1,2]'];
    const edges = odd.flatMap((fromService, n) => [
      { fromService: `b${fromService}`, toService: `z${fromService}`, protocol: 'sql' },
      { fromService: `a${n}`, toService: `y${fromService}`, protocol: `p${fromService}` },
    ]);
    const observedAt = new Date('9999-12-31T23:59:59.999Z');
    await database.observeConnections(
      edges.map((one) => ({ ...one, observedAt, count: 2 ** 31 - 1 })),
    );
    const inOrder = (a: ConnectionInput, b: ConnectionInput) =>
      a.fromService < b.fromService ? -1 : 1;
    expect(await connectionsOf(database)).toEqual(
      [...edges].sort(inOrder).map((one) => ({
        ...one,
        firstObserved: observedAt,
        lastObserved: observedAt,
        connectionCount: 2 ** 31 - 1,
      })),
    );
  });
});

describe('what cannot be a connection', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown) =>
    expect(
      database.observeConnection({ ...edge, [field]: value } as ConnectionInput),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field } });

  it.each(['fromService', 'toService', 'protocol'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNames) await refuses(field, value);
  });

  it.each([...badCounts.filter(([, value]) => value !== null), ['zero', 0]])(
    'is refused for a count that is %s',
    async (_, value) => {
      await refuses('count', value);
    },
  );

  it.each(badDates.filter(([, value]) => value !== null))(
    'is refused for a time that is %s',
    async (_, value) => {
      await refuses('observedAt', value);
    },
  );

  it('was never stored', async () => {
    expect(await connectionsOf(database)).toEqual([]);
  });

  it.each(hostileTexts)('is not %j: it is stored as it stands', async (text) => {
    const named = { fromService: text, toService: text, protocol: text };
    await database.observeConnection(named);
    expect(await connectionsOf(database)).toContainEqual(expect.objectContaining(named));
  });
});
