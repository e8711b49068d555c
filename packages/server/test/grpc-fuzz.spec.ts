import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { breakCall } from './broken-calls.js';
import { gaugeBytes } from './gauge-bytes.js';
import { call, frame, openSession } from './grpc-call.js';
import { startColony } from './use-colony.js';

/** `CORAL_FUZZ_CASES=1000000` for a long run. Each is a real call, so fewer than elsewhere. */
const cases = Math.ceil(Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 10);
/** Calls at once on the one connection. */
const atOnce = 16;

describe('broken calls over a real connection', () => {
  it(
    `get the right status, ${cases} times, and harm nothing`,
    async () => {
      const colony = await startColony();
      const session = openSession(colony.url);
      const random = seededRandom();
      let answered = 0;
      const outcomes = new Map<string, number>();
      const work = async (): Promise<void> => {
        while (answered < cases) {
          answered += 1;
          const broken = breakCall(random);
          const result = await call(session, broken.body, { ...broken.headers, ...colony.auth });
          const { what, codes } = broken;
          const told = result.code === 0 || result.trailersOnly;
          const right = result.http === 200 && told && codes.includes(result.code);
          expect({ what, codes, result: right ? 'right' : { ...result } }).toMatchObject({
            result: 'right',
          });
          outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));

      expect(outcomes.size).toBe(15);
      expect(colony.log.filter(({ level }) => level === 'error')).toEqual([]);
      const good = await call(session, frame(gaugeBytes(Date.now(), 'after')), colony.auth);
      expect(good.code).toBe(0);
      expect((await colony.database.listServices()).map(({ id }) => id)).toContain('after');
    },
    // A long run takes its time.
    Math.max(60_000, cases * 20),
  );
});
