import type { Database } from '@coral/storage';
import { decodeOtlpMetricsJson, decodeOtlpMetricsProtobuf, SeriesCache } from '@coral/telemetry';
import type { DecodeOptions } from '@coral/telemetry';
import { answerOtlp, otlpEncodingOf, otlpMediaTypes } from '../answers/otlp-answer.js';
import type { ByteBudget } from '../http/byte-budget.js';
import { readBody } from '../http/read-body.js';
import { unsupportedMediaType } from '../http/read-json-object.js';
import type { IngestMeter } from '../ingest-meter.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import type { Route } from './route.js';
import { servicesOfResources } from './services-of-resources.js';

/** Largest body, sent and decompressed. Source: the OTLP specification's recommended default. */
export const maxOtlpBodyBytes = 20 * 1024 * 1024;
/** How long a body may take to arrive: longer than senders wait for their answer. */
const bodyTimeoutMs = 30_000;

/** What the route works with. */
export interface OtlpMetricsOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
  readonly bodies: ByteBudget;
  /** The time, ms since the epoch. */
  readonly now: () => number;
}

/**
 * `POST /v1/metrics`: OTLP/HTTP metrics, in protobuf or JSON.
 *
 * The answer comes after the commit: what was acknowledged is on disk. Points that cannot be stored
 * are counted in the answer's partial success and the rest is stored.
 *
 * Source: OpenTelemetry Protocol specification, OTLP/HTTP.
 */
export function otlpMetricsRoute({ database, meter, bodies, now }: OtlpMetricsOptions): Route {
  const options: DecodeOptions = { maxBytes: maxOtlpBodyBytes, seriesCache: new SeriesCache() };
  const answer = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const account = bodies.open();
    try {
      const encoding = otlpEncodingOf(request);
      if (encoding === undefined) throw unsupportedMediaType(request, otlpMediaTypes);
      const body = await readBody(request, {
        maxBytes: maxOtlpBodyBytes,
        timeoutMs: bodyTimeoutMs,
        account,
      });
      const decode = encoding === 'json' ? decodeOtlpMetricsJson : decodeOtlpMetricsProtobuf;
      const { points, resources, rejected } = decode(body, options);
      const services = servicesOfResources(resources, new Date(now()));
      const stored = await database.appendPoints(points, services);
      const refused = [...rejected, ...stored.rejected];
      answerOtlp(response, encoding, refused);
      meter.stored(
        stored.accepted,
        refused.reduce((sum, { count }) => sum + count, 0),
      );
    } catch (reason) {
      meter.failed();
      throw reason;
    } finally {
      account.release();
    }
  };
  return { method: 'POST', path: '/v1/metrics', access: 'telemetry', dialect: 'otlp', answer };
}
