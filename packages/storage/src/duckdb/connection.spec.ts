import { describe, expect, it } from '@jest/globals';
import { connect } from '../../test/support/connect.js';

describe('Connection', () => {
  it.each([
    ['in order', 'SELECT * FROM t ORDER BY name'],
    ['in groups', 'SELECT name, n FROM t GROUP BY name, n ORDER BY ALL'],
    ['distinct', 'SELECT DISTINCT name, n FROM t ORDER BY ALL'],
    ['filtered', 'SELECT name, n FROM t WHERE n <> 7 ORDER BY ALL'],
    ['filtered by a parameter', 'SELECT name, n FROM t WHERE n <> ? ORDER BY ALL'],
  ])('reads %s what was not there when the statement first ran', async (_, sql) => {
    const connection = await connect();
    await connection.execute('CREATE TABLE t (name TEXT, n INTEGER)');
    const parameters = sql.includes('?') ? [7] : [];
    expect(await connection.query(sql, parameters)).toEqual([]);
    await connection.execute(
      `INSERT INTO t VALUES ('a name that is longer than twelve bytes', 100000), ('b', -5)`,
    );
    expect(await connection.query(sql, parameters)).toEqual([
      { name: 'a name that is longer than twelve bytes', n: 100000 },
      { name: 'b', n: -5 },
    ]);
  });

  it.each<[string, string | number | bigint | boolean | Date | null | undefined, unknown]>([
    ['INTEGER', 5, 5],
    ['INTEGER', -2147483648, -2147483648],
    ['BIGINT', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['BIGINT', 5n, 5],
    ['DOUBLE', 5, 5],
    ['DOUBLE', 0.1, 0.1],
    ['DOUBLE', 2 ** 53, 2 ** 53],
    ['DOUBLE', 1e300, 1e300],
    ['DOUBLE', -1e19, -1e19],
    ['DOUBLE', 5e-324, 5e-324],
    ['BOOLEAN', false, false],
    ['TEXT', `it's`, `it's`],
    ['TEXT', '', ''],
    ['TEXT', '😀\ttab', '😀\ttab'],
    ['TIMESTAMP', new Date(-1), new Date(-1)],
    ['TIMESTAMP', new Date('2026-03-29T01:30:00.123Z'), new Date('2026-03-29T01:30:00.123Z')],
    ['TEXT', null, undefined],
    ['TIMESTAMP', undefined, undefined],
  ])('keeps a value of %s: %p', async (type, value, expected) => {
    const connection = await connect();
    await connection.execute(`CREATE TABLE t (x ${type})`);
    expect(await connection.run('INSERT INTO t VALUES (?)', [value])).toBe(1);
    expect(await connection.query('SELECT x FROM t')).toEqual([{ x: expected }]);
  });

  it('tells how many rows a statement changed', async () => {
    const connection = await connect();
    await connection.execute('CREATE TABLE t AS FROM range(10) r(x)');
    expect(await connection.run('DELETE FROM t WHERE x < ?', [3])).toBe(3);
    expect(await connection.run('DELETE FROM t')).toBe(7);
    expect(await connection.run('DELETE FROM t')).toBe(0);
  });

  it('names the statement that failed, on one line and not at length', async () => {
    const connection = await connect();
    const sql = `SELECT nothing, ${'1, '.repeat(100)} 1\nFROM nowhere`;
    await expect(connection.query(sql)).rejects.toMatchObject({
      code: 'STORAGE_SQL_INVALID',
      message: expect.stringMatching(/^Cannot run SELECT nothing, [1, ]{10,80}…: /),
    });
  });
});
