import type { Database } from '@coral/storage';
import {
  RemoteWriteDecoder,
  snappyLength,
  summariseRejected,
  uncompressSnappy,
} from '@coral/telemetry';
import { answerPartialWrite, answerRemoteWrite } from '../answers/remote-write-answer.js';
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

/** What the route works with. */
export interface RemoteWriteRouteOptions {
  readonly database: Database;
  readonly meter: IngestMeter;
  readonly bodies: ByteBudget;
  /** The time, ms since the epoch. */
  readonly now: () => number;
}

/**
 * `POST /api/v1/write`: Prometheus remote write.
 *
 * The answer comes after the commit: what was acknowledged is on disk. Samples that cannot be stored
 * make the answer a 400 that names the reasons; the others are stored all the same.
 *
 * Source: prometheus.io/docs/specs/prw/remote_write_spec
 */
export function remoteWriteRoute({ database, meter, bodies, now }: RemoteWriteRouteOptions): Route {
  const decoder = new RemoteWriteDecoder({ maxBytes: maxRemoteWriteBytes });
  const answer = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const account = bodies.open();
    try {
      requireSnappyProtobuf(request);
      const sent = await receiveBody(request, {
        maxBytes: maxRemoteWriteBytes,
        timeoutMs: bodyTimeoutMs,
        account,
      });
      const length = snappyLength(sent);
      if (length <= maxRemoteWriteBytes && !account.take(length)) throw overloaded();
      const decoded = decoder.decode(uncompressSnappy(sent, maxRemoteWriteBytes));
      const services = servicesOfResources(decoded.resources, new Date(now()), 'prometheus');
      const stored = await database.appendPoints(decoded.points, services);
      const refused = [...decoded.rejected, ...stored.rejected];
      const { rejected, message } = summariseRejected(refused);
      const written = { ...decoded, exemplars: 0 };
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

/** @throws {ServerError} `SERVER_MEDIA_TYPE_UNSUPPORTED`, `SERVER_ENCODING_UNSUPPORTED` */
function requireSnappyProtobuf(request: HttpRequest): void {
  if (mediaTypeOf(request) !== mediaType) throw unsupportedMediaType(request, [mediaType]);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'snappy') throw encodingUnsupported(encoding, ['snappy']);
}
