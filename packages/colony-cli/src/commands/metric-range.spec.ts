import { describe, expect, it } from '@jest/globals';
import { metricRange } from './metric-range.js';

const nowMs = Date.UTC(2026, 0, 31, 12);
const clock = { nowMs, agoMs: 3_600_000 };

describe('metricRange', () => {
  it('ends now and begins so long before its end, unless it is told otherwise', () => {
    expect(metricRange({}, clock)).toEqual({
      from: new Date('2026-01-31T11:00:00Z'),
      to: new Date(nowMs),
    });
    expect(metricRange({ to: '1d' }, clock)).toEqual({
      from: new Date('2026-01-30T11:00:00Z'),
      to: new Date('2026-01-30T12:00:00Z'),
    });
    expect(metricRange({ from: '2026-01-01' }, clock).from).toEqual(new Date('2026-01-01'));
  });

  it('refuses a range that ends where it begins', () => {
    expect(() => metricRange({ from: '1h', to: '1h' }, clock)).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE' }),
    );
  });
});
