import { beforeAll, describe, expect, it } from '@jest/globals';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { decodeOtlpTracesJson, decodeOtlpTracesProtobuf, SeriesCache } from '../src/index.js';
import { sdkTraces } from './sdk-traces.js';
import { assertSoundSpans, spansOf } from './spans-of.js';

describe('traces of the OpenTelemetry SDK', () => {
  let sent: ReadableSpan[];
  let protobuf: Uint8Array;
  beforeAll(async () => {
    sent = await sdkTraces();
    protobuf = ProtobufTraceSerializer.serializeRequest(sent)!;
  });

  it('give identical columns in protobuf and JSON, with a cache or without', () => {
    const json = JsonTraceSerializer.serializeRequest(sent)!;
    const expected = decodeOtlpTracesProtobuf(protobuf);
    assertSoundSpans(expected.spans);
    expect(expected.rejected).toEqual([]);
    expect(decodeOtlpTracesJson(json)).toEqual(expected);
    const seriesCache = new SeriesCache();
    for (let i = 0; i < 2; i++) {
      expect(decodeOtlpTracesJson(json, { seriesCache })).toEqual(expected);
      expect(decodeOtlpTracesProtobuf(protobuf, { seriesCache })).toEqual(expected);
    }
  });

  it('have the ids that the SDK gave them', () => {
    expect(
      spansOf(decodeOtlpTracesProtobuf(protobuf).spans).map(({ traceId, spanId, parentId }) => ({
        traceId,
        spanId,
        parentId,
      })),
    ).toEqual(
      sent.map((span) => ({
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        parentId: span.parentSpanContext?.spanId ?? '',
      })),
    );
  });

  it('say who called whom, how, for how long, and whether it failed', () => {
    const { spans, resources } = decodeOtlpTracesProtobuf(protobuf);
    expect(resources).toMatchObject([{ serviceId: 'shop/checkout' }]);
    const start = 1_767_225_600_000_000;
    const rows = Object.fromEntries(
      spansOf(spans).map(
        ({ traceId: _t, spanId: _s, parentId: _p, name, endTimeUs, serviceId, ...row }) => [
          name,
          { ...row, endUs: endTimeUs - start, serviceId },
        ],
      ),
    );
    const serviceId = 'shop/checkout';
    const row = (
      kind: string,
      protocol: string,
      peer: string,
      durationUs: number,
      isError = false,
    ) => ({ serviceId, kind, protocol, peer, durationUs, endUs: Math.floor(durationUs), isError });
    expect(rows).toEqual({
      'POST /orders': row('server', 'http', '', 50_000, true),
      GET: row('client', 'http', 'stock:8080', 20_000),
      'SELECT shop.orders': row('client', 'postgresql', 'shop', 3_500.001),
      'orders publish': row('producer', 'kafka', 'orders', 1_000),
      'orders process': row('consumer', 'kafka', 'orders', 9_000),
      größe: row('internal', '', '', 2_000),
    });
  });
});
