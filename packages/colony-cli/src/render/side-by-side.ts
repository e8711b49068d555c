import type { TableColumn } from './table.js';
import { formatNumber } from './units.js';

/** Rows of one query. */
export interface QueryRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What a query gave at two times; null when it could not be run at the second. */
export interface ThenAndNow {
  /** How many of the first columns tell rows apart. */
  readonly keys: number;
  readonly then: QueryRows;
  readonly now: QueryRows | null;
}

/**
 * Both times in one table: rows with the same key in one line, each other column twice. A row that was
 * there at one time only is empty at the other.
 *
 * Shape: the rows of then in their order, after them those that are new
 */
export function sideBySide({ keys, then, now }: ThenAndNow): {
  readonly columns: TableColumn[];
  readonly rows: string[][];
} {
  const keyOf = (row: readonly unknown[]) => JSON.stringify(row.slice(0, keys));
  const later = new Map((now?.rows ?? []).map((row) => [keyOf(row), row]));
  const earlier = new Map(then.rows.map((row) => [keyOf(row), row]));
  const values = then.columns.slice(keys);
  const rows = [...new Set([...earlier.keys(), ...later.keys()])].map((key) => {
    const [before, after] = [earlier.get(key), later.get(key)];
    return [
      ...(before ?? after)!.slice(0, keys).map(cellText),
      ...values.flatMap((_, index) => [
        cellText(before?.[keys + index]),
        cellText(after?.[keys + index]),
      ]),
    ];
  });
  const columns: TableColumn[] = [
    ...then.columns.slice(0, keys).map((name) => ({ header: name.toUpperCase() })),
    ...values.flatMap((name): TableColumn[] => [
      { header: `${name.toUpperCase()} THEN`, align: 'right' },
      { header: 'NOW', align: 'right' },
    ]),
  ];
  return { columns, rows };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
