import { withBareDuckdb } from '../test/support/bare-duckdb.js';
import {
  tableColumns,
  tableRows,
  type TableColumns,
  type TableRows,
} from '../test/support/table-rows.js';

/** Tables of an old file whose rows stay as they are while a writer goes on: its own have other keys. */
const kept = ['services', 'events', 'insights', 'service_connections', 'baselines'];

/** What a file of an older schema holds, to be found again after its upgrade. */
export interface GoldenRows {
  readonly columns: TableColumns;
  readonly rows: TableRows;
  /** Keys of its summaries, which sealing may have moved. */
  readonly summaries: readonly string[];
}

const keysSql = (table: string) =>
  `SELECT row(timestamp, service_id, metric_name, interval)::VARCHAR FROM ${table}`;

export function readGoldenRows(file: string): Promise<GoldenRows> {
  return withBareDuckdb(file, async (ask) => {
    const all = await tableColumns(ask);
    const columns = new Map([...all].filter(([table]) => kept.includes(table)));
    return {
      columns,
      rows: await tableRows(ask, columns),
      summaries: (await ask(keysSql('metric_summaries'))).map(([key]) => String(key)),
    };
  });
}

/** @returns a line for each row of the old file that a closed, upgraded one does not hold once */
export function missingGoldenRows(file: string, golden: GoldenRows): Promise<string[]> {
  return withBareDuckdb(file, async (ask) => {
    const found = await tableRows(ask, golden.columns);
    const summaries = (await ask(keysSql('all_metric_summaries'))).map(([key]) => String(key));
    return [
      ...[...golden.rows].flatMap(([table, rows]) => missing(table, rows, found.get(table)!)),
      ...missing('all_metric_summaries', golden.summaries, summaries),
    ];
  });
}

function missing(table: string, expected: readonly string[], found: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const row of found) times.set(row, (times.get(row) ?? 0) + 1);
  return expected.flatMap((row) => {
    const count = times.get(row) ?? 0;
    return count === 1
      ? []
      : [`${table}: a row from before the upgrade is there ${count} times: ${row}`];
  });
}
