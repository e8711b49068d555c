import { describe, expect, it } from '@jest/globals';
import { sideBySide } from './side-by-side.js';

describe('then and now', () => {
  const columns = ['service_id', 'level'];

  it('stand in one line where the key is the same, and alone where it is not', () => {
    const table = sideBySide({
      keys: 1,
      then: {
        columns,
        rows: [
          ['api', 3],
          ['db', 1 / 3],
        ],
      },
      now: {
        columns,
        rows: [
          ['web', 7],
          ['api', null],
        ],
      },
    });
    expect(table.columns.map(({ header }) => header)).toEqual(['SERVICE_ID', 'LEVEL THEN', 'NOW']);
    expect(table.rows).toEqual([
      ['api', '3', ''],
      ['db', '0.333333', ''],
      ['web', '', '7'],
    ]);
  });

  it('leave the second empty when it cannot be asked any more', () => {
    const table = sideBySide({ keys: 1, then: { columns, rows: [['api', 3]] }, now: null });
    expect(table.rows).toEqual([['api', '3', '']]);
  });
});
