// The least that makes the same spans durable. Arguments: the file, requests, spans per request.
import { BOOLEAN, DOUBLE, INTEGER, TIMESTAMP, UBIGINT } from '@duckdb/node-api';
import { appendRequests } from './append-requests.mjs';

const [file, requests, spans] = process.argv.slice(2);
const now = BigInt(Date.now()) * 1000n;
const columns = /** @type {const} */ ([
  ['end_time', TIMESTAMP],
  ['trace_high', UBIGINT],
  ['trace_low', UBIGINT],
  ['span_id', UBIGINT],
  ['parent_id', UBIGINT],
  ['operation_id', INTEGER],
  ['duration_us', DOUBLE],
  ['is_error', BOOLEAN],
]);
let id = 1n;
await appendRequests(
  { file, name: 'spans', columns },
  Number(requests),
  Number(spans),
  ([time, high, low, span, parent, operation, duration, isError], row) => {
    time.items[row] = now;
    high.items[row] = 0n;
    low.items[row] = id;
    span.items[row] = id;
    parent.items[row] = id;
    operation.items[row] = row % 250;
    duration.items[row] = 12_000;
    isError.setItem(row, false);
    id += 1n;
  },
);
