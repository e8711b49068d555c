import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@coral/testkit';
import { correlate, type CorrelatedEvent } from './correlate.js';

const start = Date.UTC(2026, 0, 1, 10) * 1000;
const event = (
  seconds: number,
  serviceId: string,
  eventType: string,
  rest: Partial<CorrelatedEvent> = {},
): CorrelatedEvent => ({
  timestampUs: start + seconds * 1_000_000,
  serviceId,
  eventType,
  traceId: '',
  group: undefined,
  ...rest,
});
const trace = '5b8efff798038103d269b633813fc60c';

describe('correlate', () => {
  it('leaves an event alone without a group', () => {
    expect(correlate([event(0, 'cart', 'alert')], [])).toEqual([undefined]);
    expect(correlate([], [])).toEqual([]);
  });

  it('joins events of one trace, however far apart their services are', () => {
    const events = [
      event(0, 'cart', 'alert', { traceId: trace }),
      event(200, 'pay', 'alert', { traceId: trace }),
      event(200, 'mail', 'alert', { traceId: 'other' }),
    ];
    expect(correlate(events, [])).toEqual([`trace:${trace}`, `trace:${trace}`, undefined]);
  });

  it('joins what follows a deploy within ten minutes, or precedes it by a minute', () => {
    const name = 'deploy:2026-01-01T10:00:00Z:cart';
    const events = [
      event(-61, 'cart', 'restart'),
      event(-1, 'cart', 'restart'),
      event(0, 'cart', 'deploy'),
      event(600, 'cart', 'alert'),
      event(661, 'cart', 'connection'),
      event(1, 'pay', 'alert'),
    ];
    expect(correlate(events, [])).toEqual([
      // Within a minute of the other restart, it is the same trouble.
      name,
      name,
      name,
      name,
      undefined,
      undefined,
    ]);
  });

  it('joins troubles within a minute, of services that talk to each other', () => {
    const name = 'trouble:2026-01-01T10:00:00Z:cart';
    const events = [
      event(0, 'cart', 'alert'),
      event(60, 'pay', 'crash'),
      event(10, 'mail', 'alert'),
      event(121, 'pay', 'alert'),
      event(20, 'cart', 'connection'),
    ];
    expect(correlate(events, [['pay', 'cart']])).toEqual([
      name,
      name,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('uses the name that a sender gave', () => {
    const events = [
      event(0, 'cart', 'deploy', { group: 'release-42' }),
      event(5, 'cart', 'alert', { group: 'trouble:2026-01-01T10:00:05Z:cart' }),
    ];
    expect(correlate(events, [])).toEqual(['release-42', 'release-42']);
  });

  it('keeps the earlier name of a group whose beginning is out of reach', () => {
    const group = 'trouble:2026-01-01T09:40:00Z:cart';
    const events = [event(0, 'cart', 'alert', { group }), event(30, 'cart', 'crash')];
    expect(correlate(events, [])).toEqual([group, group]);
  });

  it('comes to the same groups in whatever order and portions events come', () => {
    const random = seededRandom();
    for (let round = 0; round < 200; round++) {
      const events = Array.from({ length: 12 }, (_, i) =>
        // A time of its own for each: two at once have no first one.
        event(
          random.integer(0, 400) + i / 1000,
          random.pick(['a', 'b', 'c', 'd']),
          random.pick(['alert', 'crash', 'restart', 'connection']),
          {
            traceId: random.boolean(0.3) ? random.pick(['t1', 't2']) : '',
          },
        ),
      );
      const pairs = [['a', 'b'] as const, ['b', 'c'] as const];
      const atOnce = correlate(events, pairs);
      const shuffled = events.map((_, i) => i).sort(() => random.next() - 0.5);
      const seen: { index: number; event: CorrelatedEvent }[] = [];
      for (let at = 0; at < shuffled.length;) {
        for (let n = random.integer(1, 4); n > 0 && at < shuffled.length; n--, at++) {
          seen.push({ index: shuffled[at]!, event: events[shuffled[at]!]! });
        }
        const groups = correlate(
          seen.map((one) => one.event),
          pairs,
        );
        groups.forEach((group, i) => (seen[i]!.event = { ...seen[i]!.event, group }));
      }
      const portioned = seen.sort((x, y) => x.index - y.index).map((one) => one.event.group);
      // Which events share a group; a name may be that of a part that came first.
      const sharing = (groups: readonly (string | undefined)[]) =>
        groups.map((group) => (group === undefined ? -1 : groups.indexOf(group)));
      expect(sharing(portioned)).toEqual(sharing(atOnce));
    }
  });
});
