import type { Database } from '@coral/storage';
import { decodeOtlpTracesJson, decodeOtlpTracesProtobuf, SeriesCache } from '@coral/telemetry';
import type { DecodeOptions } from '@coral/telemetry';
import type { IngestMeter } from '../ingest-meter.js';
import { servicesOfResources } from './services-of-resources.js';
import { maxExportBytes } from './signal.js';
import type { Signal } from './signal.js';

/** What the signal works with. */
export interface TracesSignalOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
}

/** Traces: spans become connections and summaries of requests, and their resources services. */
export function tracesSignal({ database, meter }: TracesSignalOptions): Signal {
  const options: DecodeOptions = { maxBytes: maxExportBytes, seriesCache: new SeriesCache() };
  return {
    name: 'traces',
    httpPath: '/v1/traces',
    grpcPath: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    meter,
    receive: async (body, encoding) => {
      const decode = encoding === 'json' ? decodeOtlpTracesJson : decodeOtlpTracesProtobuf;
      const { spans, resources, rejected } = decode(body, options);
      const services = servicesOfResources(resources);
      const stored = await database.appendSpans(spans, services);
      return { accepted: stored.accepted, rejected: [...rejected, ...stored.rejected] };
    },
  };
}
