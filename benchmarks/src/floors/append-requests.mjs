import { DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';

/** Rows in one of DuckDB's vectors. */
const chunkRows = 2048;

/**
 * Appends rows by the driver's appender, values set through the vectors' own methods, one commit per
 * request, and says how long that took.
 *
 * @param {object} table
 * @param {string} table.file
 * @param {string} table.name
 * @param {readonly (readonly [string, import('@duckdb/node-api').DuckDBType])[]} table.columns
 * @param {number} requests
 * @param {number} rows of each request
 * @param {(vectors: readonly any[], row: number) => void} setRow
 */
export async function appendRequests({ file, name, columns }, requests, rows, setRow) {
  const instance = await DuckDBInstance.create(file, { threads: '2' });
  const connection = await instance.connect();
  const types = columns.map(([, type]) => type);
  await connection.run(
    `CREATE TABLE ${name} (${columns.map(([column, type]) => `${column} ${type}`).join(', ')})`,
  );
  const appender = await connection.createAppender(name);
  const startedAt = performance.now();
  for (let request = 0; request < requests; request += 1) {
    await connection.run('BEGIN');
    for (let offset = 0; offset < rows; offset += chunkRows) {
      const some = Math.min(chunkRows, rows - offset);
      const chunk = DuckDBDataChunk.create(types, some);
      const vectors = types.map((_, column) => chunk.getColumnVector(column));
      for (let row = 0; row < some; row += 1) setRow(vectors, row);
      for (const vector of vectors) vector.flush();
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
    await connection.run('COMMIT');
  }
  console.log(`ready ${performance.now() - startedAt}`);
  connection.closeSync();
  instance.closeSync();
}
