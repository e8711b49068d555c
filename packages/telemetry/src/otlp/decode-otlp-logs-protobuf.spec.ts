import { describe, expect, it } from '@jest/globals';
import {
  attribute,
  fixed64,
  message,
  string,
  textAttribute,
  timeNs,
  timeUs,
  uint,
  type Bytes,
} from '../../test/protobuf-bytes.js';
import { isTelemetryError } from '../telemetry-error.js';
import type { DecodeLogsOptions } from '../decode-options.js';
import { decodeOtlpLogsProtobuf } from './decode-otlp-logs-protobuf.js';

/** An ExportLogsServiceRequest of one resource, one scope and these records. */
const requestOf = (...records: Bytes[][]): Uint8Array =>
  Uint8Array.from(
    message(
      1,
      message(1, textAttribute(1, 'service.name', 'cart')),
      message(2, ...records.map((fields) => message(2, ...fields))),
    ),
  );

const decode = (bytes: Uint8Array, options?: DecodeLogsOptions) => {
  const { logs, resources, rejected } = decodeOtlpLogsProtobuf(bytes, options);
  const rows = Array.from({ length: logs.length }, (_, i) => ({
    service: resources[logs.resourceIndex[i]!]!.serviceId,
    timeUs: logs.timeUs[i],
    observedTimeUs: logs.observedTimeUs[i],
    severity: logs.severity[i],
    body: logs.body[i],
    eventName: logs.eventName[i],
    traceId: logs.traceId[i],
    exceptionType: logs.exceptionType[i],
    exceptionMessage: logs.exceptionMessage[i],
  }));
  return { rows, rejected };
};
const decodeOne = (...fields: Bytes[]) => decode(requestOf(fields)).rows[0]!;

const time = fixed64(1, timeNs);
const body = (text: string) => message(5, string(1, text));

describe('decodeOtlpLogsProtobuf', () => {
  it('reads every field that matters', () => {
    const id = [0xab, ...Array<number>(15).fill(1)];
    const row = decodeOne(
      time,
      uint(2, 17),
      string(3, 'ERROR'),
      body('no price'),
      textAttribute(6, 'exception.type', 'TypeError'),
      textAttribute(6, 'exception.message', 'x is undefined'),
      textAttribute(6, 'something.else', 'y'),
      uint(7, 3),
      message(9, id),
      message(10, [1, 2, 3, 4, 5, 6, 7, 8]),
      fixed64(11, timeNs + 5000n),
      string(12, 'cart.failed'),
    );
    expect(row).toEqual({
      service: 'cart',
      timeUs,
      observedTimeUs: timeUs + 5,
      severity: 17,
      body: 'no price',
      eventName: 'cart.failed',
      traceId: `ab${'01'.repeat(15)}`,
      exceptionType: 'TypeError',
      exceptionMessage: 'x is undefined',
    });
  });

  it('gives a record that says nothing no texts, time or severity', () => {
    expect(decodeOne()).toEqual({
      service: 'cart',
      timeUs: 0,
      observedTimeUs: 0,
      severity: 0,
      body: '',
      eventName: '',
      traceId: '',
      exceptionType: '',
      exceptionMessage: '',
    });
  });

  it('takes the observed time where there is no other', () => {
    expect(decodeOne(fixed64(11, timeNs))).toMatchObject({ timeUs, observedTimeUs: timeUs });
  });

  it('takes the severity from the text where there is no number', () => {
    expect(decodeOne(string(3, 'critical')).severity).toBe(21);
  });

  it('writes a body that is no text as JSON', () => {
    const map = message(5, message(6, textAttribute(1, 'b', 'x'), attribute(1, 'a', uint(3, 1))));
    expect(decodeOne(map).body).toBe('{"a":1,"b":"x"}');
    expect(decodeOne(message(5, uint(3, 5))).body).toBe('5');
    expect(decodeOne(message(5)).body).toBe('');
  });

  it('leaves out a body that is nested too deeply', () => {
    let value: Bytes = uint(2, 1);
    for (let i = 0; i < 9; i++) value = message(5, message(1, value));
    expect(decodeOne(time, message(5, value))).toMatchObject({ timeUs, body: '' });
  });

  it('cuts long texts at whole characters', () => {
    const cutTo = (text: string, maxLogTextLength: number) =>
      decode(requestOf([body(text)]), { maxLogTextLength }).rows[0]!.body;
    expect(cutTo('x'.repeat(5000), 2048)).toBe('x'.repeat(2048));
    expect(cutTo('ä'.repeat(100), 10)).toBe('ä'.repeat(10));
    expect(cutTo('€'.repeat(100), 10)).toBe('€'.repeat(10));
    expect(cutTo('😀'.repeat(100), 10)).toBe('😀'.repeat(5));
    expect(cutTo('😀'.repeat(100), 11)).toBe('😀'.repeat(5));
    expect(cutTo('ä', 1)).toBe('ä');
    expect(cutTo('ä', 0)).toBe('');
  });

  it('reads no texts below the severity that is asked for', () => {
    const bytes = requestOf([time, uint(2, 9), body('a')], [uint(2, 17), body('b')], [body('c')]);
    expect(decode(bytes, { textsFromSeverity: 17 }).rows.map((row) => row.body)).toEqual([
      '',
      'b',
      'c',
    ]);
  });

  it.each([
    ['too short', [1, 2, 3]],
    ['zero', Array<number>(16).fill(0)],
    ['too long', Array<number>(17).fill(1)],
  ])('takes a trace id that is %s for none', (_, id) => {
    expect(decodeOne(message(9, id)).traceId).toBe('');
  });

  it('rejects a time that cannot be, and keeps its neighbours', () => {
    const { rows, rejected } = decode(requestOf([fixed64(1, 2n ** 64n - 1n)], [time]));
    expect(rows).toHaveLength(1);
    expect(rejected).toEqual([{ reason: 'time_out_of_range', count: 1 }]);
  });

  it('rejects the records of a resource that is too large', () => {
    const { rows, rejected } = decode(requestOf([time], [time]), { maxAttributes: 0 });
    expect(rows).toEqual([]);
    expect(rejected).toEqual([{ reason: 'too_many_attributes', count: 2 }]);
  });

  it('refuses more records than the limit', () => {
    expect(() => decode(requestOf([time], [time]), { maxLogRecords: 1 })).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_LIMIT',
        details: { limit: 'maxLogRecords', allowed: 1 },
      }),
    );
  });

  it('names its signal when the bytes are something else', () => {
    try {
      decode(Uint8Array.of(0x0a, 0x05, 0x00));
    } catch (error) {
      expect(isTelemetryError(error) && error.message).toMatch(/OTLP logs request/);
    }
    expect.assertions(1);
  });

  it('refuses a known field of a wrong wire type', () => {
    expect(() => decode(requestOf([uint(1, 5)]))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });
});
