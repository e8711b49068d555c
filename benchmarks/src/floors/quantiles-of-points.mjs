// The least that summarises points: the bare SQL over a table of them, in a file, without looking for
// repeated points, without kinds of metric, and with nothing written. Arguments: the file, points, series,
// series per metric.
import { DuckDBInstance } from '@duckdb/node-api';

const [file, points, series, perMetric] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: '2', memory_limit: '512MiB' });
const connection = await instance.connect();
await connection.run(
  'CREATE TABLE points (time TIMESTAMP, series_id INTEGER, start_time TIMESTAMP, value DOUBLE)',
);
await connection.run(
  `INSERT INTO points
   SELECT make_timestamp(n // ${series} * 1000), (n % ${series})::INTEGER, make_timestamp(0), sin(n)
   FROM range(${points}) t(n)`,
);
const startedAt = performance.now();
await connection.runAndReadAll(
  `SELECT series_id // ${perMetric}, quantile_cont(value, [0.5, 0.95, 0.99]), avg(value), max(value), count(*)
   FROM points GROUP BY 1`,
);
console.log(`ready ${performance.now() - startedAt}`);
connection.closeSync();
instance.closeSync();
