import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampValue,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import { statSync } from 'node:fs';

const types = [
  TIMESTAMP,
  VARCHAR,
  VARCHAR,
  VARCHAR,
  DOUBLE,
  DOUBLE,
  DOUBLE,
  DOUBLE,
  DOUBLE,
  INTEGER,
];

/**
 * The floor: the driver's appender, whole chunks, on a table of the same columns without key and
 * indexes, one commit per call. It replaces nothing.
 *
 * @param {string} file
 */
export async function rawAppender(file) {
  const instance = await DuckDBInstance.create(file, { threads: '2' });
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE metric_summaries (timestamp TIMESTAMP, service_id TEXT, metric_name TEXT,
       interval TEXT, p50 DOUBLE, p95 DOUBLE, p99 DOUBLE, mean DOUBLE, max DOUBLE, count INTEGER)`,
  );
  return {
    /** @param {any[]} rows */
    insert: async (rows) => {
      const appender = await connection.createAppender('metric_summaries');
      for (let at = 0; at < rows.length; at += 2048) {
        const some = rows.slice(at, at + 2048);
        const chunk = DuckDBDataChunk.create(types, some.length);
        const of = (/** @type {string} */ field) => some.map((row) => row[field]);
        chunk.setColumns([
          some.map(
            ({ timestamp }) => new DuckDBTimestampValue(BigInt(timestamp.getTime()) * 1000n),
          ),
          ...[
            'serviceId',
            'metricName',
            'interval',
            'p50',
            'p95',
            'p99',
            'mean',
            'max',
            'count',
          ].map(of),
        ]);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    },
    checkpoint: () => connection.run('CHECKPOINT'),
    sizeBytes: () => statSync(file).size,
    /** @param {string} csv @returns {Promise<number>} bytes */
    csvBytes: async (csv) => {
      await connection.run(`COPY metric_summaries TO '${csv}'`);
      return statSync(csv).size;
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
