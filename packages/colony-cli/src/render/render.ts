import type { CommandContext } from '../command-context.js';
import type { JsonObject, JsonValue } from './json.js';
import { formatJsonObject, formatJsonRows } from './json.js';
import { formatFields, formatTable } from './table.js';
import { write } from './write.js';

/** One column of {@link renderRows}. */
export interface RowColumn<Row> {
  readonly header: string;
  /** The cell for people. */
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right' | undefined;
}

/** Rows in both of their forms. */
export interface RowsView<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly RowColumn<Row>[];
  /** The row for programs; keys are the table's column names. */
  readonly json: (row: Row) => JsonObject;
  /** What a person reads when there are no rows: the fact and what to do. */
  readonly empty: string;
}

const terminalCellWidth = 60;

/** Prints rows: a table for people, an array of objects with `--json`. */
export async function renderRows<Row>(
  { io, globals, palette }: CommandContext,
  { rows, columns, json, empty }: RowsView<Row>,
): Promise<void> {
  if (globals.json) {
    for (const text of formatJsonRows(rows.map(json))) await write(io.stdout, text);
    return;
  }
  if (rows.length === 0) {
    await write(io.stderr, `${empty}\n`);
    return;
  }
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const maxCellWidth = io.stdout.isTTY === true ? terminalCellWidth : 0;
  await write(io.stdout, formatTable(columns, cells, { palette, maxCellWidth }));
}

/** One single thing in both of its forms. */
export interface ObjectView {
  readonly fields: readonly (readonly [string, string])[];
  readonly json: JsonObject;
}

/** Prints one thing: names and values for people, an object with `--json`. */
export async function renderObject(
  { io, globals, palette }: CommandContext,
  { fields, json }: ObjectView,
): Promise<void> {
  await write(io.stdout, globals.json ? formatJsonObject(json) : formatFields(fields, palette));
}

/** Prints one sentence: as it is for people, as an object's fields with `--json`. */
export async function renderDone(
  { io, globals }: CommandContext,
  { text, json }: { readonly text: string; readonly json: JsonObject },
): Promise<void> {
  await write(io.stdout, globals.json ? formatJsonObject(json) : `${text}\n`);
}

/**
 * Says on standard error what is being done. Only to a person: on a terminal, or with
 * `--verbose`.
 */
export async function remark({ io, globals, palette }: CommandContext, text: string) {
  if (io.stderr.isTTY !== true && !globals.verbose) return;
  if (globals.json && !globals.verbose) return;
  await write(io.stderr, `${palette.dim(text)}\n`);
}

/**
 * Fields as a JSON object: absent values become null, so that every row has the same keys; dates
 * ISO 8601 in UTC; anything else as `JSON.stringify` will write it.
 */
export function toJsonObject(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      (value === undefined
        ? null
        : value instanceof Date
          ? value.toISOString()
          : value) as JsonValue,
    ]),
  );
}
