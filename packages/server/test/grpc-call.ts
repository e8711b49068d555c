import { connect, constants } from 'node:http2';
import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import { fromBinary } from '@bufbuild/protobuf';
import { onTestEnd } from '@coral/testkit';
import { StatusSchema } from '../src/rpc/gen/google/rpc/status_pb.js';
import type { Status } from '../src/rpc/gen/google/rpc/status_pb.js';

/** Path of the metrics service's one method. */
export const exportPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** What came back of a call, as gRPC's clients see it. */
export interface CallResult {
  /** HTTP status. */
  readonly http: number;
  /** grpc-status; NaN when there is none. */
  readonly code: number;
  readonly message: string;
  /** Of grpc-status-details-bin. */
  readonly status: Status | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Whether the frame of the headers ended the stream, as the status of a refused call must. */
  readonly trailersOnly: boolean;
  /** The bytes of the answer, frames and all. */
  readonly body: Buffer;
}

/** Opens an HTTP/2 session that ends with the test. */
export function openSession(url: string): ClientHttp2Session {
  const session = connect(url);
  session.on('error', () => undefined);
  onTestEnd(() => session.destroy());
  return session;
}

/** A gRPC frame: flag, length, message. */
export function frame(message: Uint8Array, { flag = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** Makes a call with any headers and any bytes: what no gRPC library would let one send. */
export function call(
  session: ClientHttp2Session,
  body: Uint8Array,
  headers: OutgoingHttpHeaders = {},
): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': exportPath,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let head: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let trailersOnly = false;
    stream.on('response', (sent, flags) => {
      head = sent;
      trailersOnly = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    });
    stream.on('trailers', (sent) => (trailers = sent));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const all = { ...head, ...trailers };
      const details = all['grpc-status-details-bin'];
      resolve({
        http: Number(head[':status']),
        code: Number(all['grpc-status'] ?? NaN),
        message: decodeURIComponent(String(all['grpc-message'] ?? '')),
        status:
          details === undefined
            ? undefined
            : fromBinary(StatusSchema, Buffer.from(String(details), 'base64')),
        headers: all,
        trailersOnly,
        body: Buffer.concat(chunks),
      });
    });
    stream.end(body);
  });
}
