// The least that makes the same points durable: the driver's appender, values set through the
// vectors' own methods, one commit per request. Arguments: the file, requests, points per request.
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, TIMESTAMP } from '@duckdb/node-api';

const [file, requests, points] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: '2' });
const connection = await instance.connect();
await connection.run(
  'CREATE TABLE points (time TIMESTAMP, series_id INTEGER, start_time TIMESTAMP, value DOUBLE)',
);
const appender = await connection.createAppender('points');
const types = [TIMESTAMP, INTEGER, TIMESTAMP, DOUBLE];
const now = BigInt(Date.now()) * 1000n;
const startedAt = performance.now();
for (let request = 0; request < Number(requests); request += 1) {
  await connection.run('BEGIN');
  for (let offset = 0; offset < Number(points); offset += 2048) {
    const rows = Math.min(2048, Number(points) - offset);
    const chunk = DuckDBDataChunk.create(types, rows);
    const vectors = types.map((_, column) => chunk.getColumnVector(column));
    const [time, series, start, value] = vectors.map((vector) => vector.items);
    for (let row = 0; row < rows; row += 1) {
      time[row] = now;
      series[row] = row % 1000;
      start[row] = 0n;
      value[row] = Math.sin(row);
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
