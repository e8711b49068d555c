import { describe, expect, it } from '@jest/globals';
import { onTestEnd } from '@coral/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { toJsonValue } from './json-values.js';

/** One value from a real DuckDB, made JSON-safe. */
async function valueOf(sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  onTestEnd(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const [row] = (await connection.runAndReadAll(`SELECT ${sql}`)).getRows();
  return toJsonValue(row![0]!);
}

describe('toJsonValue', () => {
  it.each<[string, unknown]>([
    ['NULL', null],
    ['true', true],
    [`'text'`, 'text'],
    [`'😀' || chr(0)`, '😀\0'],
    ['127::TINYINT', 127],
    ['(-32768)::SMALLINT', -32768],
    ['2147483647', 2147483647],
    ['4294967295::UINTEGER', 4294967295],
    ['9007199254740991::BIGINT', 9007199254740991],
    ['9007199254740992::BIGINT', '9007199254740992'],
    ['-9007199254740991::BIGINT', -9007199254740991],
    ['-9007199254740992::BIGINT', '-9007199254740992'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['5::HUGEINT', 5],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['1.5::DOUBLE', 1.5],
    ['0.1::FLOAT', 0.10000000149011612],
    [`'nan'::DOUBLE`, 'NaN'],
    [`'inf'::DOUBLE`, 'Infinity'],
    [`'-inf'::FLOAT`, '-Infinity'],
    ['12.340::DECIMAL(18,3)', '12.340'],
    ['-0.01::DECIMAL(4,2)', '-0.01'],
    [
      `'99999999999999999999999999999999999999'::DECIMAL(38,0)`,
      '99999999999999999999999999999999999999',
    ],
    [`TIMESTAMP '2026-03-01 12:00:00.123456'`, '2026-03-01T12:00:00.123456Z'],
    [`TIMESTAMP '1969-12-31 23:59:59.999999'`, '1969-12-31T23:59:59.999999Z'],
    [`TIMESTAMP '0001-01-01 00:00:00'`, '0001-01-01T00:00:00.000000Z'],
    [`TIMESTAMP 'infinity'`, 'infinity'],
    [`TIMESTAMP '-infinity'`, '-infinity'],
    [`TIMESTAMPTZ '2026-03-01 12:00:00+02'`, '2026-03-01T10:00:00.000000Z'],
    [`TIMESTAMP_S '2026-03-01 12:00:00'`, '2026-03-01T12:00:00.000000Z'],
    [`TIMESTAMP_MS '2026-03-01 12:00:00.123'`, '2026-03-01T12:00:00.123000Z'],
    [`TIMESTAMP_NS '2026-03-01 12:00:00.123456789'`, '2026-03-01T12:00:00.123456789Z'],
    [`DATE '2026-03-01'`, '2026-03-01'],
    [`TIME '12:34:56.789'`, '12:34:56.789'],
    [`INTERVAL '1 month 2 days 3 seconds'`, '1 month 2 days 00:00:03'],
    [`'6c9e7bd4-1c4d-4b3e-9d52-0f0a1b2c3d4e'::UUID`, '6c9e7bd4-1c4d-4b3e-9d52-0f0a1b2c3d4e'],
    [`'\\xDE\\xAD\\x00'::BLOB`, '3q0A'],
    [`''::BLOB`, ''],
    [`'0101'::BIT`, '0101'],
    [`'a'::ENUM('a', 'b')`, 'a'],
    [`'{"a": [1, 2]}'::JSON`, '{"a": [1, 2]}'],
    ['[1, NULL, 3]', [1, null, 3]],
    ['[]::INTEGER[]', []],
    [`[[TIMESTAMP '2026-01-01'], []]`, [['2026-01-01T00:00:00.000000Z'], []]],
    ['array_value(1.5::DOUBLE, 2)', [1.5, 2]],
    [`{'a': 1, 'b': {'c': 9007199254740993}}`, { a: 1, b: { c: '9007199254740993' } }],
    [`MAP {'x': 1, 'y': NULL}`, { x: 1, y: null }],
    [`MAP {1: 'one', 2: 'two'}`, { 1: 'one', 2: 'two' }],
    [`MAP {[1, 2]: 'list'}`, { '[1,2]': 'list' }],
    [`union_value(num := 5)`, 5],
  ])('gives %s as JSON can carry it', async (sql, expected) => {
    const value = await valueOf(sql);
    expect(value).toEqual(expected);
    expect(JSON.parse(JSON.stringify(value))).toEqual(expected);
  });

  it('gives a value of every type that DuckDB has as JSON can carry it', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll('FROM test_all_types()');
    for (const row of reader.getRows()) {
      const values = row.map(toJsonValue);
      expect(JSON.parse(JSON.stringify(values))).toEqual(values);
    }
    connection.closeSync();
    instance.closeSync();
  });
});
