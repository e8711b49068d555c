/** A value as `--json` prints it. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One row or one single thing. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** One single thing as `--json` prints it: an object, indented, with a final newline. */
export function formatJsonObject(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Rows as `--json` prints them: one array, one row a line, so that `jq` and `grep` both work.
 *
 * Shape: yields text to write in order; `[]` and a newline when there are no rows.
 */
export function* formatJsonRows(rows: Iterable<JsonObject>): Generator<string> {
  let before = '[';
  for (const row of rows) {
    yield `${before}\n  ${JSON.stringify(row)}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
