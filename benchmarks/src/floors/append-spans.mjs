// The least that makes the same spans durable: the driver's appender, values set through the vectors'
// own methods, one commit per request. Arguments: the file, requests, spans per request.
import {
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  TIMESTAMP,
  UBIGINT,
} from '@duckdb/node-api';

const [file, requests, spans] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: '2' });
const connection = await instance.connect();
await connection.run(
  `CREATE TABLE spans (end_time TIMESTAMP, trace_high UBIGINT, trace_low UBIGINT, span_id UBIGINT,
    parent_id UBIGINT, operation_id INTEGER, duration_us DOUBLE, is_error BOOLEAN)`,
);
const appender = await connection.createAppender('spans');
const types = [TIMESTAMP, UBIGINT, UBIGINT, UBIGINT, UBIGINT, INTEGER, DOUBLE, BOOLEAN];
const now = BigInt(Date.now()) * 1000n;
const startedAt = performance.now();
let id = 1n;
for (let request = 0; request < Number(requests); request += 1) {
  await connection.run('BEGIN');
  for (let offset = 0; offset < Number(spans); offset += 2048) {
    const rows = Math.min(2048, Number(spans) - offset);
    const chunk = DuckDBDataChunk.create(types, rows);
    const vectors = types.map((_, column) => chunk.getColumnVector(column));
    const [time, high, low, span, parent, operation, duration, isError] = vectors;
    for (let row = 0; row < rows; row += 1) {
      time.items[row] = now;
      high.items[row] = 0n;
      low.items[row] = id;
      span.items[row] = id;
      parent.items[row] = id;
      operation.items[row] = row % 250;
      duration.items[row] = 12_000;
      isError.setItem(row, false);
      id += 1n;
    }
    for (const vector of vectors) vector.flush();
    appender.appendDataChunk(chunk);
  }
  appender.flushSync();
  await connection.run('COMMIT');
}
console.log(`ready ${performance.now() - startedAt}`);
connection.closeSync();
instance.closeSync();
