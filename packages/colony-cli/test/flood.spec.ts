// More senders than a colony can serve: it says so, keeps what it acknowledged, and recovers.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it } from '@jest/globals';
import { onTestEnd } from '@coral/testkit';
import { useCoral } from './use-coral.js';

const pointsPerRequest = 50_000;
const senderCount = 600;
/** All requests at once would take more than twice as much: the bodies 0.6 GB, what is decoded 1.9 GB. */
const mostResidentBytes = 1024 ** 3;

describe('a flood of senders', () => {
  const coral = useCoral();

  it('is turned away in part, by the statuses that senders repeat; nothing acknowledged is lost', async () => {
    await coral.init('shop');
    const { process: colony, run } = await coral.start(['--no-self-metrics']);
    const variables = await coral.json<Record<string, string>>(['colony', 'env']);
    const authorization = decodeURIComponent(
      variables['OTEL_EXPORTER_OTLP_HEADERS']!.replace(/^authorization=/i, ''),
    );
    const url = `http://${run.host}:${run.port}`;
    let residentBytes = 0;
    const watching = setInterval(() => {
      residentBytes = Math.max(residentBytes, residentBytesOf(colony.pid));
    }, 20);
    onTestEnd(() => clearInterval(watching));

    const points = dataPoints(Date.now());
    const senders = Array.from({ length: senderCount }, (_, n) => ({
      service: `sender-${n}`,
      send: n % 4 === 0 ? overGrpc(url) : overHttp(url),
    }));
    const flood = await Promise.all(
      senders.map(({ service, send }) => send(exportRequest(service, points), authorization)),
    );
    const accepted = flood.filter(({ outcome }) => outcome === 'stored');
    const refused = flood.filter(({ outcome }) => outcome === 'later');
    expect(accepted.length + refused.length).toBe(senders.length);
    expect(accepted.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { retryAfter } of refused) expect(retryAfter).toBeGreaterThan(0);

    // Those turned away come again, one after the other, as soon as they may.
    const again = senders.filter((_, n) => flood[n]!.outcome === 'later').slice(0, 5);
    for (const { service, send } of again) {
      expect(await send(exportRequest(service, points), authorization)).toEqual({
        outcome: 'stored',
      });
    }
    expect(residentBytes).toBeGreaterThan(0);
    expect(residentBytes).toBeLessThan(mostResidentBytes);

    colony.signal('SIGKILL');
    await colony.waitForExit();
    const stored = await coral.json<{ service_id: string; n: number }[]>([
      'sql',
      `SELECT service_id, count(DISTINCT time) AS n FROM points JOIN series USING (series_id)
       GROUP BY service_id ORDER BY service_id`,
    ]);
    const counts = new Map(stored.map(({ service_id, n }) => [service_id, n]));
    const acknowledged = senders
      .filter(
        ({ service }, n) =>
          flood[n]!.outcome === 'stored' || again.some((one) => one.service === service),
      )
      .map(({ service }) => [service, counts.get(service)]);
    expect(acknowledged).toEqual(acknowledged.map(([service]) => [service, pointsPerRequest]));
  }, 180_000);
});

interface Outcome {
  /** 'later': refused in a way that senders repeat. */
  readonly outcome: 'stored' | 'later' | string;
  /** When they may, s. */
  readonly retryAfter?: number;
}

type Send = (body: Buffer, authorization: string) => Promise<Outcome>;

function overHttp(url: string): Send {
  return (body, authorization) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization,
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
      };
      const sent = request(`${url}/v1/metrics`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          const status = answer.statusCode!;
          if (status === 200) resolve({ outcome: 'stored' });
          else if (status === 429 || status === 503) {
            resolve({ outcome: 'later', retryAfter: Number(answer.headers['retry-after']) });
          } else resolve({ outcome: `HTTP ${status}` });
        });
      });
      // Refused before its body was read.
      sent.on('error', reject);
      sent.end(body);
    });
}

/** Each call on a connection of its own, as senders in processes of their own have it. */
function overGrpc(url: string): Send {
  return (body, authorization) =>
    new Promise((resolve, reject) => {
      const session = connect(url);
      session.on('error', reject);
      onTestEnd(() => session.destroy());
      const stream = session.request({
        ':method': 'POST',
        ':path': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization,
      });
      let status: unknown;
      let details: unknown;
      const note = (headers: Record<string, unknown>) => {
        status ??= headers['grpc-status'];
        details ??= headers['grpc-status-details-bin'];
      };
      stream.on('response', note);
      stream.on('trailers', note);
      stream.resume();
      stream.on('error', reject);
      stream.on('close', () => {
        session.close();
        if (status === '0') resolve({ outcome: 'stored' });
        // RESOURCE_EXHAUSTED is repeated only with a RetryInfo in its details.
        else if (status === '8' || status === '14') {
          const text = Buffer.from(String(details), 'base64').toString('latin1');
          const hasRetryInfo = text.includes('google.rpc.RetryInfo');
          resolve({ outcome: 'later', retryAfter: hasRetryInfo ? 1 : NaN });
        } else resolve({ outcome: `gRPC ${String(status)}` });
      });
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(body.length, 1);
      stream.end(Buffer.concat([prefix, body]));
    });
}

/** An ExportMetricsServiceRequest with one gauge of one service. */
function exportRequest(service: string, points: Buffer): Buffer {
  const attribute = Buffer.concat([text(1, 'service.name'), message(2, text(1, service))]);
  const metric = Buffer.concat([text(1, 'queue.depth'), message(5, points)]);
  return message(
    1,
    Buffer.concat([message(1, message(1, attribute)), message(2, message(2, metric))]),
  );
}

/** A point each microsecond, the last one now. */
function dataPoints(nowMs: number): Buffer {
  const points = Buffer.alloc(pointsPerRequest * 20);
  for (let n = 0; n < pointsPerRequest; n += 1) {
    const at = n * 20;
    // data_points = 1: time_unix_nano = 3 (fixed64), as_double = 4.
    points.writeUInt16BE(0x0a12, at);
    points[at + 2] = 0x19;
    points.writeBigUInt64LE((BigInt(nowMs) * 1000n - BigInt(n)) * 1000n, at + 3);
    points[at + 11] = 0x21;
    points.writeDoubleLE(n, at + 12);
  }
  return points;
}

function text(field: number, content: string): Buffer {
  return message(field, Buffer.from(content));
}

/** A length-delimited field. */
function message(field: number, content: Buffer): Buffer {
  const head = [(field << 3) | 2];
  let { length } = content;
  for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) | 128);
  head.push(length);
  return Buffer.concat([Buffer.from(head), content]);
}

function residentBytesOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // It is gone.
  }
}
