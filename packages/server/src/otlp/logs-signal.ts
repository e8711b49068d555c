import { hash } from 'node:crypto';
import type { Database } from '@coral/storage';
import {
  decodeOtlpLogsJson,
  decodeOtlpLogsProtobuf,
  groupErrors,
  SeriesCache,
} from '@coral/telemetry';
import type { DecodeLogsOptions } from '@coral/telemetry';
import type { IngestMeter } from '../ingest-meter.js';
import { servicesOfResources } from './services-of-resources.js';
import { maxExportBytes } from './signal.js';
import type { Signal } from './signal.js';

/** SEVERITY_NUMBER_ERROR: of what is less severe only the sender counts. */
const errorSeverity = 17;

/** What the signal works with. */
export interface LogsSignalOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
  /** The time, ms since the epoch. */
  readonly now: () => number;
}

/** Logs: errors become counts and events, resources services; the lines themselves are not kept. */
export function logsSignal({ database, meter, now }: LogsSignalOptions): Signal {
  const options: DecodeLogsOptions = {
    maxBytes: maxExportBytes,
    textsFromSeverity: errorSeverity,
    seriesCache: new SeriesCache(),
  };
  return {
    name: 'logs',
    httpPath: '/v1/logs',
    grpcPath: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    meter,
    receive: async (body, encoding) => {
      const decode = encoding === 'json' ? decodeOtlpLogsJson : decodeOtlpLogsProtobuf;
      const { logs, resources, rejected } = decode(body, options);
      const errors = groupErrors({ logs, resources }, { nowUs: now() * 1_000 });
      // Tells a request that is sent again, which a sender does when the answer was lost.
      const digest = errors.length === 0 ? '' : hash('sha256', body, 'base64url');
      const services = servicesOfResources(resources);
      const stored = await database.recordErrors(errors, digest, services);
      const refused = stored.rejected.reduce((sum, { count }) => sum + count, 0);
      return { accepted: logs.length - refused, rejected: [...rejected, ...stored.rejected] };
    },
  };
}
