import { describe, expect, it } from '@jest/globals';
import { parseSqlRequest } from './sql-request.js';

describe('parseSqlRequest', () => {
  it('takes a statement alone and with limits', () => {
    expect(parseSqlRequest({ sql: 'SELECT 1' })).toEqual({ sql: 'SELECT 1' });
    expect(parseSqlRequest({ sql: 'SELECT 1', timeout_ms: 1, max_rows: 10_000_000 })).toEqual({
      sql: 'SELECT 1',
      timeoutMs: 1,
      maxRows: 10_000_000,
    });
  });

  it.each([
    [{}, 'sql'],
    [{ sql: '' }, 'sql'],
    [{ sql: ' \n' }, 'sql'],
    [{ sql: 7 }, 'sql'],
    [{ sql: 'x'.repeat(1_000_001) }, 'sql'],
    [{ sql: 'SELECT 1', timeout_ms: 0 }, 'timeout_ms'],
    [{ sql: 'SELECT 1', timeout_ms: 600_001 }, 'timeout_ms'],
    [{ sql: 'SELECT 1', timeout_ms: '5' }, 'timeout_ms'],
    [{ sql: 'SELECT 1', max_rows: 1.5 }, 'max_rows'],
    [{ sql: 'SELECT 1', max_rows: null }, 'max_rows'],
    [{ sql: 'SELECT 1', timeoutMs: 5 }, 'timeoutMs'],
  ])('refuses %j for its field %s', (body, field) => {
    expect(() => parseSqlRequest(body)).toThrow(
      expect.objectContaining({ code: 'SERVER_INPUT_INVALID', details: { field } }),
    );
  });
});
