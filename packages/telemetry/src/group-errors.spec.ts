import { describe, expect, it } from '@jest/globals';
import { groupErrors } from './group-errors.js';
import { decodeOtlpLogsJson } from './otlp/decode-otlp-logs-json.js';

interface Line {
  readonly severity?: number;
  readonly body?: string;
  readonly second?: number;
  readonly type?: string;
  readonly traceId?: string;
}

const decoded = (lines: readonly Line[], service = 'cart', instance = 'one') => {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const request = {
    resourceLogs: [
      {
        resource: {
          attributes: [text('service.name', service), text('service.instance.id', instance)],
        },
        scopeLogs: [
          {
            logRecords: lines.map(({ severity = 17, body, second, type, traceId }) => ({
              ...(second === undefined ? {} : { timeUnixNano: String(BigInt(second) * 10n ** 9n) }),
              severityNumber: severity,
              ...(body === undefined ? {} : { body: { stringValue: body } }),
              ...(traceId === undefined ? {} : { traceId }),
              attributes: type === undefined ? [] : [text('exception.type', type)],
            })),
          },
        ],
      },
    ],
  };
  return decodeOtlpLogsJson(new TextEncoder().encode(JSON.stringify(request)));
};

const nowUs = 600_000_000;

describe('groupErrors', () => {
  it('counts what is the same error, with its first message as sample', () => {
    const trace = (digit: string) => digit.repeat(32);
    const groups = groupErrors(
      decoded([
        { body: 'order 7 failed', second: 125, traceId: trace('7') },
        { body: 'order 5 failed', second: 121, traceId: trace('5') },
        { body: 'order 9 failed', second: 179, traceId: trace('9') },
      ]),
      { nowUs },
    );
    expect(groups).toEqual([
      {
        serviceId: 'cart',
        instance: 'one',
        fingerprint: expect.stringMatching(/^[\da-f]{16}$/) as unknown,
        severity: 'error',
        template: 'order # failed',
        exceptionType: '',
        message: 'order 5 failed',
        traceId: trace('5'),
        minuteUs: 120_000_000,
        firstUs: 121_000_000,
        lastUs: 179_000_000,
        count: 3,
      },
    ]);
  });

  it('tells classes, exceptions and minutes apart', () => {
    const groups = groupErrors(
      decoded([
        { body: 'x', second: 1 },
        { body: 'x', second: 1, severity: 21 },
        { body: 'x', second: 1, type: 'TypeError' },
        { body: 'x', second: 61 },
      ]),
      { nowUs },
    );
    expect(groups).toHaveLength(4);
    const prints = groups.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(3);
    expect(prints[3]).toBe(prints[0]);
  });

  it('gives the same fingerprint in every process, another one for another service', () => {
    const print = (service: string) =>
      groupErrors(decoded([{ body: 'order 5 failed' }], service), { nowUs })[0]!.fingerprint;
    expect(print('cart')).toBe('b5afdcfd752e05ed');
    expect(print('pay')).not.toBe(print('cart'));
  });

  it('leaves out what is no error', () => {
    const lines = [{ severity: 9, type: 'Error' }, { severity: 16 }, { severity: 0, body: 'x' }];
    expect(groupErrors(decoded(lines), { nowUs })).toEqual([]);
  });

  it('takes an exception without severity for an error, and now for the time of one without', () => {
    expect(groupErrors(decoded([{ severity: 0, type: 'TypeError' }]), { nowUs })).toMatchObject([
      { severity: 'error', exceptionType: 'TypeError', firstUs: nowUs, template: '' },
    ]);
  });

  it('loses no count beyond its bounds', () => {
    const words = 'abcdefghijklmnopqrstuvwxyz'.split('');
    const lines = words.map((body) => ({ body, second: 1 }));
    for (const options of [{ maxGroups: 10 }, { maxMessages: 10 }]) {
      const groups = groupErrors(decoded(lines), { nowUs, ...options });
      expect(groups).toHaveLength(11);
      expect(groups.at(-1)).toMatchObject({ template: '(other errors)', count: 16 });
    }
  });

  it('keeps no NUL and no half characters', () => {
    const [group] = groupErrors(decoded([{ body: `a\0b${'x'.repeat(496)}😀` }]), { nowUs });
    expect(group!.message.startsWith('a b')).toBe(true);
    expect(group!.message.isWellFormed()).toBe(true);
  });
});
