import type { PackedRows } from './packed-points.js';

/**
 * Makes few batches of many small ones, in their order: a page of a file for each would cost more than its
 * rows. Those of so many rows are left as they are; those without any are left out.
 */
export function joinRows(batches: readonly PackedRows[], leastRows: number): PackedRows[] {
  const joined: PackedRows[] = [];
  let small: PackedRows[] = [];
  let rows = 0;
  const joinSmall = () => {
    if (small.length > 0) joined.push(concat(small, rows));
    small = [];
    rows = 0;
  };
  for (const batch of batches) {
    if (batch.rows >= leastRows) {
      joinSmall();
      joined.push(batch);
    } else if (batch.rows > 0) {
      small.push(batch);
      rows += batch.rows;
      if (rows >= leastRows) joinSmall();
    }
  }
  joinSmall();
  return joined;
}

function concat(batches: readonly PackedRows[], rows: number): PackedRows {
  const [first] = batches;
  if (batches.length === 1) return first!;
  return {
    rows,
    columns: first!.columns.map((_, column) =>
      Buffer.concat(batches.map(({ columns }) => columns[column]!)),
    ),
  };
}
