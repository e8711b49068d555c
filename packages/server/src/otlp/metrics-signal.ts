import type { Database } from '@coral/storage';
import { decodeOtlpMetricsJson, decodeOtlpMetricsProtobuf, SeriesCache } from '@coral/telemetry';
import type { DecodeOptions } from '@coral/telemetry';
import type { IngestMeter } from '../ingest-meter.js';
import { servicesOfResources } from './services-of-resources.js';
import { maxExportBytes } from './signal.js';
import type { Signal } from './signal.js';

/** What the signal works with. */
export interface MetricsSignalOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
}

/** Metrics: data points become points, and their resources services. */
export function metricsSignal({ database, meter }: MetricsSignalOptions): Signal {
  const options: DecodeOptions = { maxBytes: maxExportBytes, seriesCache: new SeriesCache() };
  return {
    name: 'metrics',
    httpPath: '/v1/metrics',
    grpcPath: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    meter,
    receive: async (body, encoding) => {
      const decode = encoding === 'json' ? decodeOtlpMetricsJson : decodeOtlpMetricsProtobuf;
      const { points, resources, rejected } = decode(body, options);
      const services = servicesOfResources(resources);
      const stored = await database.appendPoints(points, services);
      return { accepted: stored.accepted, rejected: [...rejected, ...stored.rejected] };
    },
  };
}
