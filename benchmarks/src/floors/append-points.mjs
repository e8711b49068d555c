// The least that makes the same points durable. Arguments: the file, requests, points per request.
import { DOUBLE, INTEGER, TIMESTAMP } from '@duckdb/node-api';
import { appendRequests } from './append-requests.mjs';

const [file, requests, points] = process.argv.slice(2);
const now = BigInt(Date.now()) * 1000n;
const columns = /** @type {const} */ ([
  ['time', TIMESTAMP],
  ['series_id', INTEGER],
  ['start_time', TIMESTAMP],
  ['value', DOUBLE],
]);
await appendRequests(
  { file, name: 'points', columns },
  Number(requests),
  Number(points),
  ([time, series, start, value], row) => {
    time.items[row] = now;
    series.items[row] = row % 1000;
    start.items[row] = 0n;
    value.items[row] = Math.sin(row);
  },
);
