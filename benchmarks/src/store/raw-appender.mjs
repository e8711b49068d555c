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

const key = ', PRIMARY KEY (timestamp, service_id, metric_name, interval)';
const indexes = ['service_id', 'metric_name'].map(
  (column) => `CREATE INDEX idx_metric_summaries_${column} ON metric_summaries(${column})`,
);

/**
 * The floor: the driver's appender, whole chunks, on a table of the same columns, one commit per call.
 * It replaces nothing.
 *
 * @param {string} file
 * @param {{ isKeyed?: boolean }} [options] `isKeyed`: with the key and the indexes of the hot tier
 */
export async function rawAppender(file, { isKeyed = false } = {}) {
  const instance = await DuckDBInstance.create(file, { threads: '2' });
  const connection = await instance.connect();
  const empty = async () => {
    await connection.run(
      `CREATE OR REPLACE TABLE metric_summaries (timestamp TIMESTAMP, service_id TEXT,
         metric_name TEXT, interval TEXT, p50 DOUBLE, p95 DOUBLE, p99 DOUBLE, mean DOUBLE, max DOUBLE,
         count INTEGER${isKeyed ? key : ''})`,
    );
    if (isKeyed) for (const index of indexes) await connection.run(index);
    await connection.run('CHECKPOINT');
  };
  await empty();
  return {
    empty,
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
