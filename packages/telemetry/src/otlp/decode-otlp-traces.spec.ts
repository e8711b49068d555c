import { describe, expect, it } from '@jest/globals';
import type { Bytes } from '../../test/protobuf-bytes.js';
import {
  attribute,
  fixed64,
  message,
  request,
  string,
  textAttribute,
  timeNs,
  timeUs,
  uint,
} from '../../test/protobuf-bytes.js';
import { spansOf } from '../../test/spans-of.js';
import { decodeOtlpTracesJson } from './decode-otlp-traces-json.js';
import { decodeOtlpTracesProtobuf } from './decode-otlp-traces-protobuf.js';

const traceId = '000102030405060708090a0b0c0d0e0f';
const idBytes = (hex: string): Bytes => [...Buffer.from(hex, 'hex')];
const ids = [message(1, idBytes(traceId)), message(2, idBytes('0000000000000001'))];
const times = [fixed64(7, timeNs - 5_000n), fixed64(8, timeNs)];
const span = (...fields: Bytes[]) => [...ids, ...times, ...fields].flat();
const decode = (...spans: Bytes[]) =>
  decodeOtlpTracesProtobuf(request(spans, textAttribute(1, 'service.name', 'shop')));
const rowOf = (...fields: Bytes[]) => spansOf(decode(span(...fields)).spans)[0];

const jsonSpan = {
  traceId,
  spanId: '0000000000000001',
  startTimeUnixNano: String(timeNs - 5_000n),
  endTimeUnixNano: String(timeNs),
};
const decodeJson = (...spans: object[]) =>
  decodeOtlpTracesJson(
    new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
  );
const jsonRowOf = (fields: object) => spansOf(decodeJson({ ...jsonSpan, ...fields }).spans)[0];

describe('a span in protobuf', () => {
  it('is read whole, its fields in any order', () => {
    const fields = [
      message(4, idBytes('ffffffffffffffff')),
      string(5, 'GET /'),
      uint(6, 2),
      textAttribute(9, 'http.request.method', 'GET'),
      message(15, uint(3, 2)),
    ];
    const row = {
      ...{ serviceId: 'shop', name: 'GET /', kind: 'server', protocol: 'http', peer: '' },
      ...{ traceId, spanId: '0000000000000001', parentId: 'ffffffffffffffff' },
      ...{ endTimeUs: timeUs, durationUs: 5, isError: true },
    };
    expect(rowOf(...fields)).toEqual(row);
    const reversed = [...ids, ...times, ...fields].reverse().flat();
    expect(spansOf(decode(reversed).spans)[0]).toEqual(row);
  });

  it('without name or kind is internal and called unknown', () => {
    expect(rowOf()).toMatchObject({ name: 'unknown', kind: 'internal', parentId: '' });
    expect(rowOf(uint(6, 77))).toMatchObject({ kind: 'internal' });
  });

  it('is called other when its name is too long', () => {
    expect(rowOf(string(5, 'x'.repeat(1024)))).toMatchObject({ name: 'x'.repeat(1024) });
    expect(rowOf(string(5, 'x'.repeat(1025)))).toMatchObject({ name: 'other' });
    expect(rowOf(string(5, 'x'.repeat(9000)))).toMatchObject({ name: 'other' });
  });

  it('prefers new names of attributes to old, whatever their order', () => {
    const old = textAttribute(9, 'net.peer.name', 'old');
    const fresh = textAttribute(9, 'server.address', 'new');
    const port = attribute(9, 'server.port', uint(3, 8080));
    expect(rowOf(uint(6, 3), old, fresh, port)).toMatchObject({ peer: 'new:8080' });
    expect(rowOf(uint(6, 3), fresh, old, port)).toMatchObject({ peer: 'new:8080' });
    expect(rowOf(uint(6, 3), old)).toMatchObject({ peer: 'old' });
  });

  it('is told of the other side by its address before its URL, whatever their order', () => {
    const address = textAttribute(9, 'server.address', 'cart');
    const url = textAttribute(9, 'url.full', 'http://gateway:8080/items');
    expect(rowOf(uint(6, 3), address, url)).toMatchObject({ peer: 'cart' });
    expect(rowOf(uint(6, 3), url, address)).toMatchObject({ peer: 'cart' });
    expect(rowOf(uint(6, 3), url)).toMatchObject({ peer: 'gateway:8080' });
  });

  it('takes no attribute for one whose name is as long', () => {
    expect(rowOf(uint(6, 3), textAttribute(9, 'server.bddress', 'x'))).toMatchObject({ peer: '' });
  });

  it.each<[string, Bytes, string]>([
    ['a short trace id', [message(1, idBytes('01')), ids[1]!, ...times].flat(), 'span_id_invalid'],
    [
      'an all-zero span id',
      [ids[0]!, message(2, idBytes('0000000000000000')), ...times].flat(),
      'span_id_invalid',
    ],
    ['a short parent id', span(message(4, [1])), 'span_id_invalid'],
    ['no start', [...ids, times[1]!].flat(), 'span_time_missing'],
    ['no end', [...ids, times[0]!].flat(), 'span_time_missing'],
    ['an end before its start', span(fixed64(7, timeNs + 1n)), 'span_ends_before_start'],
    ['an end in the far future', span(fixed64(8, 2n ** 64n - 1n)), 'time_out_of_range'],
  ])('with %s is rejected, and its neighbours are not', (_, broken, reason) => {
    const { spans, rejected } = decode(span(), broken, span());
    expect(spans.length).toBe(2);
    expect(rejected).toEqual([{ reason, count: 1 }]);
  });

  it('is malformed when a known field has the wrong type', () => {
    expect(() => decode(span(uint(5, 1)))).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_MALFORMED',
        message: expect.stringContaining('OTLP traces request in protobuf'),
      }),
    );
  });

  it('and too many others exceed the limit on points', () => {
    const bytes = request([span(), span(), span()]);
    expect(() => decodeOtlpTracesProtobuf(bytes, { maxPoints: 2 })).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
  });

  it('of too many operations is rejected', () => {
    const names = ['a', 'b', 'c', 'a'].map((name) => span(string(5, name)));
    const { spans, rejected } = decodeOtlpTracesProtobuf(request(names), { maxSeries: 2 });
    expect(spansOf(spans).map(({ name }) => name)).toEqual(['a', 'b', 'a']);
    expect(rejected).toEqual([{ reason: 'too_many_operations', count: 1 }]);
  });

  it('shares its operation with spans that differ in what does not matter', () => {
    const { spans } = decode(
      span(uint(6, 2), textAttribute(9, 'network.peer.address', '10.0.0.1')),
      span(uint(6, 2), textAttribute(9, 'network.peer.address', '10.0.0.2')),
      span(uint(6, 2), textAttribute(9, 'url.path', '/3')),
    );
    expect(spans.length).toBe(3);
    expect(spans.operations).toHaveLength(1);
  });
});

describe('a span in JSON', () => {
  it('has hexadecimal ids in either case', () => {
    expect(
      jsonRowOf({ traceId: traceId.toUpperCase(), parentSpanId: 'FFFFFFFFFFFFFFFE' }),
    ).toMatchObject({ traceId, parentId: 'fffffffffffffffe', durationUs: 5, endTimeUs: timeUs });
  });

  it('has enums as numbers or names', () => {
    const failed = { kind: 'SPAN_KIND_SERVER', status: { code: 'STATUS_CODE_ERROR' } };
    expect(jsonRowOf(failed)).toMatchObject({ kind: 'server', isError: true });
    expect(jsonRowOf({ kind: 2, status: { code: 2 } })).toMatchObject({
      kind: 'server',
      isError: true,
    });
    expect(jsonRowOf({ status: { code: 1 } })).toMatchObject({ kind: 'internal', isError: false });
  });

  it('with ids that are none is rejected', () => {
    const { rejected } = decodeJson(
      { ...jsonSpan, traceId: 'AAECAwQFBgcICQoLDA0ODw==' },
      { ...jsonSpan, spanId: 'xyz' },
      { ...jsonSpan, parentSpanId: '12' },
    );
    expect(rejected).toEqual([{ reason: 'span_id_invalid', count: 3 }]);
  });

  it('says where it is not what it should be', () => {
    expect(() =>
      jsonRowOf({ attributes: [{ key: 'peer.service', value: { stringValue: 7 } }] }),
    ).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_MALFORMED',
        message: expect.stringContaining('resourceSpans[0].scopeSpans[0].spans[0].attributes[0]'),
      }),
    );
  });
});
