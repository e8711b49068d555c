import { describe, expect, it } from '@jest/globals';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import {
  decodeOtlpLogsJson,
  decodeOtlpLogsProtobuf,
  groupErrors,
  SeriesCache,
} from '../src/index.js';
import { sdkLogs } from './sdk-logs.js';

describe("the OpenTelemetry SDK's logs", () => {
  it('gives identical columns in protobuf and JSON, with a cache or without', async () => {
    const records = await sdkLogs();
    const protobuf = ProtobufLogsSerializer.serializeRequest(records)!;
    const json = JsonLogsSerializer.serializeRequest(records)!;
    for (const textsFromSeverity of [0, 17]) {
      const expected = decodeOtlpLogsProtobuf(protobuf, { textsFromSeverity });
      expect(expected.rejected).toEqual([]);
      expect(decodeOtlpLogsJson(json, { textsFromSeverity })).toEqual(expected);
      const seriesCache = new SeriesCache();
      for (let i = 0; i < 2; i++) {
        expect(decodeOtlpLogsProtobuf(protobuf, { textsFromSeverity, seriesCache })).toEqual(
          expected,
        );
      }
    }
  });

  it('has what the program said', async () => {
    const records = await sdkLogs();
    const { logs, resources } = decodeOtlpLogsProtobuf(
      ProtobufLogsSerializer.serializeRequest(records)!,
    );
    expect(resources).toMatchObject([{ serviceId: 'shop/checkout', serviceInstanceId: 'one' }]);
    expect([...logs.severity]).toEqual([9, 17, 21, 0, 0]);
    expect(logs.body).toEqual([
      'started',
      'order 4711 failed in Köln',
      '{"code":137,"message":"out of memory","nested":{"list":[1,"two",true]}}',
      '',
      'no severity at all',
    ]);
    expect(logs.exceptionType).toEqual(['', 'TypeError', '', '', '']);
    expect(logs.exceptionMessage[1]).toBe('x is undefined');
    expect(logs.eventName[3]).toBe('cart.emptied');
    expect(logs.timeUs[3]).toBe(1_767_225_600_000_000);
    expect(logs.timeUs[0]).toBeGreaterThan(1_767_225_600_000_000);
  });

  it('groups into its errors', async () => {
    const records = await sdkLogs();
    const decoded = decodeOtlpLogsJson(JsonLogsSerializer.serializeRequest(records)!);
    expect(groupErrors(decoded, { nowUs: 0 })).toMatchObject([
      { severity: 'error', template: 'order # failed in Köln', exceptionType: 'TypeError' },
      { severity: 'fatal', template: 'out of memory', message: 'out of memory' },
    ]);
  });
});
