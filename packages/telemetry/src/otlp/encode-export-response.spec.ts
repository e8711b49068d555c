import { describe, expect, it } from '@jest/globals';
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { encodeExportResponse } from './encode-export-response.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('encodeExportResponse', () => {
  it('leaves partial_success unset on full success', () => {
    expect(encodeExportResponse('metrics', {}, 'protobuf')).toHaveLength(0);
    expect(text(encodeExportResponse('logs', { rejected: 0, message: '' }, 'json'))).toBe('{}');
  });

  it('writes what was rejected and why', () => {
    const result = { rejected: 300, message: 'no' };
    expect([...encodeExportResponse('metrics', result, 'protobuf')]).toEqual([
      0x0a, 0x07, 0x08, 0xac, 0x02, 0x12, 0x02, 0x6e, 0x6f,
    ]);
    expect(text(encodeExportResponse('metrics', result, 'json'))).toBe(
      '{"partialSuccess":{"rejectedDataPoints":"300","errorMessage":"no"}}',
    );
  });

  it('writes a warning with nothing rejected', () => {
    expect([...encodeExportResponse('metrics', { message: 'hm' }, 'protobuf')]).toEqual([
      0x0a, 0x04, 0x12, 0x02, 0x68, 0x6d,
    ]);
    expect(text(encodeExportResponse('metrics', { message: 'hm' }, 'json'))).toBe(
      '{"partialSuccess":{"errorMessage":"hm"}}',
    );
  });

  it.each([
    ['metrics', 'rejectedDataPoints', ProtobufMetricsSerializer, JsonMetricsSerializer],
    ['traces', 'rejectedSpans', ProtobufTraceSerializer, JsonTraceSerializer],
    ['logs', 'rejectedLogRecords', ProtobufLogsSerializer, JsonLogsSerializer],
  ] as const)('is understood by the OpenTelemetry SDK for %s', (signal, name, protobuf, json) => {
    const result = { rejected: 70_000, message: `ä${'x'.repeat(500)}` };
    const expected = { [name]: 70_000, errorMessage: result.message };
    expect(protobuf.deserializeResponse(encodeExportResponse(signal, result, 'protobuf'))).toEqual({
      partialSuccess: expected,
    });
    expect(json.deserializeResponse(encodeExportResponse(signal, result, 'json'))).toEqual({
      partialSuccess: { ...expected, [name]: '70000' },
    });
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('refuses to say that %p points were rejected', (rejected) => {
    expect(() => encodeExportResponse('metrics', { rejected }, 'json')).toThrow(RangeError);
  });
});
