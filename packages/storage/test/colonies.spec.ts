import { describe, expect, it } from '@jest/globals';
import { freePort, onTestEnd, useTempDir } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openColonies, openDatabase, type ColonyEntry } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';

const dir = useTempDir();
const at = (colonyId: string) => ({ colonyId, storagePath: dir.path });

/** A stopped colony with events of one service. */
async function makeColony(colonyId: string, events: number): Promise<void> {
  await using database = await openDatabase(at(colonyId));
  await database.recordEvents(
    Array.from({ length: events }, () => ({ serviceId: colonyId, eventType: 'deploy' })),
  );
}

function open(...entries: ColonyEntry[]) {
  const colonies = openColonies(entries);
  onTestEnd(() => colonies.close());
  return colonies;
}

/** Something that listens, and answers as told. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const running = (url: string) => ({ colonyId: 'running-dev', url, token: 'secret' });

describe('openColonies', () => {
  it('puts the rows of stopped colonies one below the other, and lets their files go', async () => {
    await makeColony('a-dev', 2);
    await makeColony('b-dev', 1);
    const colonies = open(at('b-dev'), at('a-dev'));
    const sql = 'SELECT service_id, count(*) AS n FROM events GROUP BY ALL';
    const expected = {
      columns: [
        { name: 'colony_id', type: 'VARCHAR' },
        { name: 'service_id', type: 'VARCHAR' },
        { name: 'n', type: 'BIGINT' },
      ],
      rows: [
        ['b-dev', 'b-dev', 1],
        ['a-dev', 'a-dev', 2],
      ],
      failures: [],
      truncated: [],
    };
    expect(await colonies.query(sql)).toEqual(expected);
    await makeColony('b-dev', 1);
    const [again, twice] = await Promise.all([colonies.query(sql), colonies.query(sql)]);
    expect([again.rows[0], twice.rows[0]]).toEqual([
      ['b-dev', 'b-dev', 2],
      ['b-dev', 'b-dev', 2],
    ]);
    await colonies.close();
    await colonies.close();
    await expect(colonies.query(sql)).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
  });

  it('matches columns by name where colonies differ', async () => {
    await makeColony('a-dev', 1);
    await makeColony('b-dev', 1);
    await bareDuckdb(dir.file('a-dev.duckdb'), 'CREATE TABLE t AS SELECT 1 AS x, 2 AS y');
    await bareDuckdb(dir.file('b-dev.duckdb'), `CREATE TABLE t AS SELECT 'two' AS y, 3 AS z`);
    const { columns, rows } = await open(at('a-dev'), at('b-dev')).query('FROM t');
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'colony_id VARCHAR',
      'x INTEGER',
      'y INTEGER or VARCHAR',
      'z INTEGER',
    ]);
    expect(rows).toEqual([
      ['a-dev', 1, 2, null],
      ['b-dev', null, 'two', 3],
    ]);
  });

  it('loses no column to another of the same name', async () => {
    await makeColony('a-dev', 1);
    const { columns, rows } = await open(at('a-dev')).query(
      'SELECT 1 AS a, 2 AS a, 3 AS colony_id',
    );
    expect(columns.map(({ name }) => name)).toEqual(['colony_id', 'a', 'a_2', 'colony_id_2']);
    expect(rows).toEqual([['a-dev', 1, 2, 3]]);
  });

  it('shows the rest when some do not answer, and says why', async () => {
    await makeColony('a-dev', 1);
    await makeColony('held-dev', 1);
    await using holder = await openDatabase(at('held-dev'));
    const colonies = open(
      running(`http://127.0.0.1:${await freePort()}`),
      at('held-dev'),
      at('never-dev'),
      at('a-dev'),
    );
    const { rows, failures } = await colonies.query('SELECT count(*) FROM events', {
      timeoutMs: 300,
    });
    expect(rows).toEqual([['a-dev', 1]]);
    expect(failures.map(({ colonyId, code }) => [colonyId, code])).toEqual([
      ['running-dev', 'STORAGE_UNREACHABLE'],
      ['held-dev', 'STORAGE_TIMEOUT'],
      ['never-dev', 'STORAGE_NOT_A_DATABASE'],
    ]);
    expect(existsSync(dir.file('never-dev.duckdb'))).toBe(false);
    await holder.close();
    const again = await colonies.query('SELECT count(*) FROM events');
    expect(again.rows).toEqual([
      ['held-dev', 1],
      ['a-dev', 1],
    ]);
  });

  it('only reads, and stops at the deadline and at the cap', async () => {
    await makeColony('a-dev', 3);
    const colonies = open(at('a-dev'));
    const codeOf = async (sql: string, options = {}) =>
      (await colonies.query(sql, options)).failures.map(({ code }) => code);
    expect(await codeOf('DELETE FROM events')).toEqual(['STORAGE_SQL_REFUSED']);
    expect(await codeOf('SELECT nonsense')).toEqual(['STORAGE_SQL_INVALID']);
    const slow = 'SELECT count(*) FROM range(10000000000) a, range(1000) b';
    expect(await codeOf(slow, { timeoutMs: 100 })).toEqual(['STORAGE_TIMEOUT']);
    expect(await codeOf(slow, { signal: AbortSignal.abort() })).toEqual(['STORAGE_CANCELLED']);
    const capped = await colonies.query('FROM events', { maxRows: 2 });
    expect([capped.rows.length, capped.truncated]).toEqual([2, ['a-dev']]);
    const [all] = (await colonies.query('SELECT count(*) FROM events')).rows;
    expect(all).toEqual(['a-dev', 3]);
  });

  it('asks two at a time', async () => {
    let asking = 0;
    let most = 0;
    const url = await listen((_, response) => {
      most = Math.max(most, (asking += 1));
      setTimeout(() => {
        asking -= 1;
        response.end(
          '{"columns":[{"name":"n","type":"INTEGER"}]}\n{"rows":[[1]]}\n{"end":{"truncated":false}}\n',
        );
      }, 20);
    });
    const ids = Array.from({ length: 6 }, (_, index) => `colony-${index}`);
    const colonies = open(...ids.map((colonyId) => ({ colonyId, url, token: 't' })));
    const { rows } = await colonies.query('SELECT 1 AS n');
    expect(rows).toEqual(ids.map((id) => [id, 1]));
    expect(most).toBe(2);
  });

  it.each<[string, RequestListener, string]>([
    ['says something else', (_, response) => response.end('hello'), 'STORAGE_UNREACHABLE'],
    [
      'stops in the middle',
      (_, response) => response.end('{"columns":[]}\n{"rows":[[1]]}\n'),
      'STORAGE_UNREACHABLE',
    ],
    [
      'sends elsewhere',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1' }).end(),
      'STORAGE_UNREACHABLE',
    ],
    ['hangs', () => undefined, 'STORAGE_TIMEOUT'],
    [
      'refuses the token',
      (_, response) =>
        response.writeHead(401).end('{"code":"SERVER_UNAUTHENTICATED","message":"No."}'),
      'SERVER_UNAUTHENTICATED',
    ],
    [
      'fails half-way',
      (_, response) =>
        response.end('{"columns":[]}\n{"error":{"code":"STORAGE_SQL_INVALID","message":"No."}}\n'),
      'STORAGE_SQL_INVALID',
    ],
  ])('reports a running colony that %s', async (_, answer, code) => {
    const colonies = open(running(await listen(answer)));
    const { rows, failures } = await colonies.query('SELECT 1', { timeoutMs: 200 });
    expect([rows, failures]).toEqual([[], [expect.objectContaining({ code })]]);
  });

  it('refuses what cannot be asked', async () => {
    const bad = [[], [at('a-dev'), at('a-dev')], [running('nowhere')]];
    for (const entries of bad) {
      expect(() => openColonies(entries)).toThrow(
        expect.objectContaining({ code: 'STORAGE_INVALID_INPUT' }),
      );
    }
    await expect(open(at('a-dev')).query('')).resolves.toMatchObject({ failures: [{}] });
    await expect(open(at('a-dev')).query('SELECT 1', { maxRows: 0 })).rejects.toMatchObject({
      details: { field: 'maxRows' },
    });
  });
});
