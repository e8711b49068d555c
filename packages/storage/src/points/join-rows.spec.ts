import { describe, expect, it } from '@jest/globals';
import { joinRows } from './join-rows.js';

/** Rows of one column, a byte each. */
const batch = (...values: number[]) => ({
  rows: values.length,
  columns: [new Uint8Array(values)],
});
const joined = (batches: ReturnType<typeof batch>[], leastRows: number) =>
  joinRows(batches, leastRows).map(({ rows, columns }) => [rows, [...columns[0]!]]);

describe('small batches', () => {
  it('become larger ones, in their order', () => {
    const batches = [batch(1), batch(), batch(2, 3), batch(4), batch(5)];
    expect(joined(batches, 3)).toEqual([
      [3, [1, 2, 3]],
      [2, [4, 5]],
    ]);
  });

  it('stay before a large one that follows them', () => {
    const large = batch(3, 4, 5);
    const all = joinRows([batch(1), batch(2), large, batch(6)], 3);
    expect(all[1]).toBe(large);
    expect(all.map(({ rows }) => rows)).toEqual([2, 3, 1]);
  });

  it('are none when there are no rows', () => {
    expect(joinRows([batch(), batch()], 1)).toEqual([]);
  });
});
