import { describe, expect, it } from '@jest/globals';
import { IngestMeter } from './ingest-meter.js';

describe('IngestMeter', () => {
  it('counts requests and points', () => {
    const meter = new IngestMeter(() => 0);
    meter.stored(10, 1);
    meter.stored(5, 0);
    meter.failed();
    expect(meter.totals()).toEqual({
      requests: 2,
      failures: 1,
      pointsAccepted: 15,
      pointsRejected: 1,
      pointsPerSecond: 15,
    });
  });

  it('takes the rate over the last minute and forgets what is older', () => {
    let nowMs = 1_000_000_000;
    const meter = new IngestMeter(() => nowMs);
    meter.stored(600, 0);
    nowMs += 59_000;
    expect(meter.totals().pointsPerSecond).toBe(10);
    nowMs += 1_000;
    expect(meter.totals().pointsPerSecond).toBe(0);
    meter.stored(60, 0);
    expect(meter.totals().pointsPerSecond).toBe(1);
  });
});
