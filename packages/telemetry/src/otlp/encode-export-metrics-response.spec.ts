import { describe, expect, it } from '@jest/globals';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { encodeExportMetricsResponse } from './encode-export-metrics-response.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('encodeExportMetricsResponse', () => {
  it('leaves partial_success unset on full success', () => {
    expect(encodeExportMetricsResponse({}, 'protobuf')).toHaveLength(0);
    expect(text(encodeExportMetricsResponse({ rejected: 0, message: '' }, 'json'))).toBe('{}');
  });

  it('writes what was rejected and why', () => {
    const result = { rejected: 300, message: 'no' };
    expect([...encodeExportMetricsResponse(result, 'protobuf')]).toEqual([
      0x0a, 0x07, 0x08, 0xac, 0x02, 0x12, 0x02, 0x6e, 0x6f,
    ]);
    expect(text(encodeExportMetricsResponse(result, 'json'))).toBe(
      '{"partialSuccess":{"rejectedDataPoints":"300","errorMessage":"no"}}',
    );
  });

  it('writes a warning with nothing rejected', () => {
    expect([...encodeExportMetricsResponse({ message: 'hm' }, 'protobuf')]).toEqual([
      0x0a, 0x04, 0x12, 0x02, 0x68, 0x6d,
    ]);
    expect(text(encodeExportMetricsResponse({ message: 'hm' }, 'json'))).toBe(
      '{"partialSuccess":{"errorMessage":"hm"}}',
    );
  });

  it('is understood by the OpenTelemetry SDK', () => {
    const result = { rejected: 70_000, message: `ä${'x'.repeat(500)}` };
    const expected = { rejectedDataPoints: 70_000, errorMessage: result.message };
    const protobuf = ProtobufMetricsSerializer.deserializeResponse(
      encodeExportMetricsResponse(result, 'protobuf'),
    );
    expect(protobuf).toEqual({ partialSuccess: expected });
    const json = JsonMetricsSerializer.deserializeResponse(
      encodeExportMetricsResponse(result, 'json'),
    );
    expect(json).toEqual({ partialSuccess: { ...expected, rejectedDataPoints: '70000' } });
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('refuses to say that %p points were rejected', (rejected) => {
    expect(() => encodeExportMetricsResponse({ rejected }, 'json')).toThrow(RangeError);
  });
});
