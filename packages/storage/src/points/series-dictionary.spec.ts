import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { connect } from '../../test/support/connect.js';
import { describe as descriptor } from '../../test/support/number-points.js';
import type { Connection } from '../duckdb/connection.js';
import { migrate } from '../migrations/migrate.js';
import { migrations } from '../migrations/index.js';
import { SeriesDictionary } from './series-dictionary.js';

const dir = useTempDir();
const now = new Date('2026-01-01T12:00:00Z');
const seriesOf = (metricName: string) =>
  descriptor({ serviceId: 'checkout', metricName, kind: 'gauge' });

async function openConnection(): Promise<Connection> {
  const connection = await connect(dir.file('s.duckdb'));
  await migrate(connection, migrations, now);
  return connection;
}

async function loaded(connection: Connection): Promise<SeriesDictionary> {
  const dictionary = new SeriesDictionary();
  await dictionary.load(connection);
  return dictionary;
}

const stored = async (connection: Connection) =>
  (await connection.query('SELECT series_id, metric_name FROM series ORDER BY series_id')).map(
    (row) => [row['series_id'], row['metric_name']],
  );

describe('SeriesDictionary', () => {
  it('gives each series one number, from 1 on, and the same one again', async () => {
    const dictionary = await loaded(await openConnection());
    expect(['a', 'b', 'a', 'c', 'b'].map((name) => dictionary.idOf(seriesOf(name)))).toEqual([
      1, 2, 1, 3, 2,
    ]);
  });

  it('goes by the key, not by the object', async () => {
    const dictionary = await loaded(await openConnection());
    const first = dictionary.idOf(seriesOf('a'));
    expect(dictionary.idOf({ ...seriesOf('a') })).toBe(first);
    expect(dictionary.idOf({ ...seriesOf('a'), key: 'another' })).not.toBe(first);
  });

  it('writes each series once', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    dictionary.idOf(seriesOf('a'));
    await dictionary.flush(connection, now);
    dictionary.idOf(seriesOf('b'));
    await dictionary.flush(connection, now);
    await dictionary.flush(connection, now);
    dictionary.committed();
    await dictionary.flush(connection, now);
    expect(await stored(connection)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(dictionary.size).toBe(2);
  });

  it('writes every part of a series', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    dictionary.idOf({
      key: 'k',
      serviceId: 'checkout',
      metricName: 'latency',
      kind: 'histogram',
      unit: 's',
      temporality: 'cumulative',
      monotonic: true,
      attributes: '{"route":"/pay","quote":"\\"\'"}',
      resource: '{"service.name":"checkout"}',
      scope: 'http 😀',
      bounds: [-1.5, 0, 1e300],
    });
    await dictionary.flush(connection, now);
    const [row] = await connection.query(
      'SELECT * EXCLUDE (bounds), bounds::VARCHAR AS bounds FROM series',
    );
    expect(row).toEqual({
      series_id: 1,
      series_key: 'k',
      service_id: 'checkout',
      metric_name: 'latency',
      kind: 'histogram',
      unit: 's',
      temporality: 'cumulative',
      monotonic: true,
      attributes: '{"route":"/pay","quote":"\\"\'"}',
      resource: '{"service.name":"checkout"}',
      scope: 'http 😀',
      bounds: '[-1.5, 0.0, 1e+300]',
      first_seen: now,
    });
  });

  it('knows what the file knows, and goes on after its largest number', async () => {
    const connection = await openConnection();
    const before = await loaded(connection);
    for (const name of ['a', 'b', 'c']) before.idOf(seriesOf(name));
    await before.flush(connection, now);
    await connection.execute(`DELETE FROM series WHERE metric_name = 'a'`);
    const after = await loaded(connection);
    expect(after.size).toBe(2);
    expect(after.idOf(seriesOf('c'))).toBe(3);
    expect(after.idOf(seriesOf('a'))).toBe(4);
  });

  it('forgets after a rollback what the file does not hold, and gives no number twice', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    await connection.execute('BEGIN');
    const lost = dictionary.idOf(seriesOf('a'));
    await dictionary.flush(connection, now);
    await connection.execute('ROLLBACK');
    dictionary.rolledBack();
    expect(dictionary.size).toBe(0);
    const again = dictionary.idOf(seriesOf('a'));
    expect(again).toBeGreaterThan(lost);
    await dictionary.flush(connection, now);
    dictionary.committed();
    expect(await stored(connection)).toEqual([[again, 'a']]);
  });

  it('keeps what was committed before a rollback', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    const kept = dictionary.idOf(seriesOf('a'));
    await dictionary.flush(connection, now);
    dictionary.committed();
    dictionary.idOf(seriesOf('b'));
    dictionary.rolledBack();
    expect(dictionary.idOf(seriesOf('a'))).toBe(kept);
    expect(dictionary.size).toBe(1);
  });

  it('gives out no number of a series that is being taken out, and gives it back after a rollback', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    const series = seriesOf('a');
    const id = dictionary.idOf(series);
    await dictionary.flush(connection, now);
    dictionary.committed();
    expect(dictionary.knownIdOf(series)).toBe(id);
    const removed = [{ id, ...series }];
    const removing = dictionary.remove(connection, removed);
    expect(dictionary.knownIdOf(series)).toBe(0);
    await removing;
    dictionary.rolledBack();
    expect(dictionary.knownIdOf(series)).toBe(id);
    await dictionary.remove(connection, removed);
    dictionary.committed();
    expect([dictionary.knownIdOf(series), dictionary.size]).toEqual([0, 0]);
  });

  it('takes thousands of series in one go', async () => {
    const connection = await openConnection();
    const dictionary = await loaded(connection);
    for (let n = 0; n < 5_000; n += 1) dictionary.idOf(seriesOf(`metric.${n}`));
    await dictionary.flush(connection, now);
    dictionary.committed();
    expect((await loaded(connection)).size).toBe(5_000);
  });
});
