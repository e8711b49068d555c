import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { rows } from './support/look-ups.js';
import { numberPoints } from './support/number-points.js';
import { openStore } from './support/open-store.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const noon = Date.UTC(2026, 0, 10, 12);
/**
 * Where the clock is set, one after the other. Never into the same hour again: an hour that was closed
 * while the clock was ahead takes no more points, and says so to their sender.
 */
const clock = [0, 1, -2, 72, -24, 960, 7, -9600, 5].map((hours) => hours * hourMs);

describe('a clock that is set forward and back', () => {
  const dir = useTempDir();

  it.each([
    ['while the colony runs', false],
    ['between its runs', true],
  ])(
    'costs no write and doubles none, %s',
    async (_, reopens) => {
      let now = noon;
      const open = () => openStore(dir, { now: () => now, hotWindowMs: dayMs });
      let database = await open();
      for (const [step, shiftMs] of clock.entries()) {
        now = noon + shiftMs;
        if (reopens) {
          await database.close();
          database = await open();
          expect(database.recovery.clean).toBe(true);
        }
        const { accepted } = await database.appendPoints(
          numberPoints(
            { serviceId: 'sender', metricName: `points-${step}`, kind: 'gauge' },
            Array.from({ length: 10 }, (_, index) => ({ timeMs: now - index, value: index })),
          ),
        );
        expect([step, accepted]).toEqual([step, 10]);
        await database.insertMetricSummary({
          timestamp: new Date(noon - dayMs),
          serviceId: 'sender',
          metricName: 'replaced',
          interval: '5m',
          p50: step,
        });
        await database.recordEvent({ serviceId: 'sender', eventType: 'deploy' });
        await database.heartbeatService('sender', { status: 'running' });
        await database.summarise();
        await database.maintain();
      }
      expect(
        await rows(
          database,
          `SELECT metric_name, sum(count)::INTEGER FROM all_metric_summaries
         WHERE metric_name LIKE 'points-%' AND interval = '5m' GROUP BY ALL ORDER BY ALL`,
        ),
      ).toEqual(clock.map((_, step) => [`points-${step}`, 10]));
      expect(
        await rows(
          database,
          `SELECT p50, count(*) FROM all_metric_summaries WHERE metric_name = 'replaced' GROUP BY ALL`,
        ),
      ).toEqual([[clock.length - 1, 1]]);
      const events = await database.listEvents({ serviceId: 'sender' });
      expect(events.map(({ timestamp }) => timestamp.getTime() - noon).sort()).toEqual(
        [...clock].sort(),
      );
      await database.close();
    },
    120_000,
  );
});
