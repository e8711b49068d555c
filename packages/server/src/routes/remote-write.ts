import type { Database } from '@coral/storage';
import { RemoteWriteDecoder, snappyLength, summariseRejected } from '@coral/telemetry';
import type {
  DecodedRemoteWrite,
  LabelMapping,
  MetricTypes,
  RemoteWriteVersion,
} from '@coral/telemetry';
import { answerPartialWrite, answerRemoteWrite } from '../answers/remote-write-answer.js';
import type { WrittenStats } from '../answers/remote-write-answer.js';
import type { ByteBudget } from '../http/byte-budget.js';
import { mediaTypeOf } from '../http/media-type.js';
import { encodingUnsupported, overloaded, receiveBody } from '../http/read-body.js';
import { unsupportedMediaType } from '../http/read-json-object.js';
import type { IngestMeter } from '../ingest-meter.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import type { Route } from './route.js';
import { servicesOfResources } from '../otlp/services-of-resources.js';

/** Largest body, uncompressed; senders make far smaller ones. */
export const maxRemoteWriteBytes = 32 * 1024 * 1024;
/** How long a body may take to arrive: as long as senders wait for their answer. */
const bodyTimeoutMs = 30_000;
const mediaType = 'application/x-protobuf';
/** What a request may hold, by the content type's parameter `proto`. */
const messageVersions: Readonly<Record<string, RemoteWriteVersion | undefined>> = {
  __proto__: null as never,
  'prometheus.WriteRequest': '1.0',
  'io.prometheus.write.v2.Request': '2.0',
};
const supportedTypes = Object.keys(messageVersions).map((name) => `${mediaType};proto=${name}`);

/** What the route works with. */
export interface RemoteWriteRouteOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
  readonly bodies: ByteBudget;
  /** Which labels name the service. */
  readonly mapping: LabelMapping;
  /** The types of metrics, as far as they are known. */
  readonly types: MetricTypes;
}

/**
 * `POST /api/v1/write`: Prometheus remote write, 1.0 and 2.0.
 *
 * The answer comes after the commit: what was acknowledged is on disk. Samples that cannot be stored
 * make the answer a 400 that names the reasons; the others are stored all the same.
 *
 * Source: prometheus.io/docs/specs/prw/remote_write_spec
 */
export function remoteWriteRoute(options: RemoteWriteRouteOptions): Route {
  const { database, meter, bodies, mapping, types } = options;
  const decoder = new RemoteWriteDecoder({ maxBytes: maxRemoteWriteBytes, mapping, types });
  const answer = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const account = bodies.open();
    try {
      const version = versionOf(request);
      requireSnappy(request);
      const sent = await receiveBody(request, {
        maxBytes: maxRemoteWriteBytes,
        timeoutMs: bodyTimeoutMs,
        account,
      });
      database.requireRoomInQueue();
      const length = snappyLength(sent);
      if (length <= maxRemoteWriteBytes && !account.take(length)) throw overloaded();
      const decoded = decoder.decodeSnappy(sent, version);
      const services = servicesOfResources(decoded.resources, 'prometheus');
      const stored = await database.appendPoints(decoded.points, services);
      const refused = [...decoded.rejected, ...stored.rejected];
      const { rejected, message } = summariseRejected(refused);
      const lost = stored.rejected.reduce((sum, { count }) => sum + count, 0);
      const written = writtenOf(decoded, lost);
      if (rejected === 0) answerRemoteWrite(response, written);
      else answerPartialWrite(response, message, written);
      meter.stored(stored.accepted, rejected);
    } catch (reason) {
      meter.failed();
      throw reason;
    } finally {
      account.release();
    }
  };
  return {
    method: 'POST',
    path: '/api/v1/write',
    access: 'telemetry',
    dialect: 'remote-write',
    answer,
  };
}

/**
 * The version that the content type names; without a parameter it is 1.0.
 *
 * Source: remote write 2.0 specification, Protocol
 *
 * @throws {ServerError} `SERVER_MEDIA_TYPE_UNSUPPORTED`
 */
function versionOf(request: HttpRequest): RemoteWriteVersion {
  const message = /;\s*proto\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  const version = messageVersions[message ?? 'prometheus.WriteRequest'];
  if (mediaTypeOf(request) === mediaType && version !== undefined) return version;
  throw unsupportedMediaType(request, supportedTypes);
}

/** @throws {ServerError} `SERVER_ENCODING_UNSUPPORTED` */
function requireSnappy(request: HttpRequest): void {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'snappy') throw encodingUnsupported(encoding, ['snappy']);
}

/** What of the samples was written. The store does not say which kind it refused. */
function writtenOf({ samples, histograms }: DecodedRemoteWrite, lost: number): WrittenStats {
  const written = Math.max(0, samples - lost);
  return {
    samples: written,
    histograms: Math.max(0, histograms - (lost - (samples - written))),
    exemplars: 0,
  };
}
