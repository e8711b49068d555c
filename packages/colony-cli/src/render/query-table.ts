import type { CommandContext } from '../command-context.js';
import type { JsonValue } from './json.js';
import { formatTable } from './table.js';
import { write } from './write.js';

/** Prints the rows of a query: numbers to the right, NULL as a word. */
export async function printQueryTable(
  { io, palette }: CommandContext,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const headers = columns.map((header, index) => {
    const isNumeric = rows.length > 0 && rows.every((row) => isNumber(row[index]));
    return { header, align: isNumeric ? ('right' as const) : ('left' as const) };
  });
  const cells = rows.map((row) => row.map(cellText));
  await write(io.stdout, formatTable(headers, cells, { palette }));
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value === null;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value as JsonValue) : String(value);
}
