import { describe, expect, it } from '@jest/globals';
import type { Member, OpenCause } from './finding.js';
import { groupCauses, orderByTopology } from './group-causes.js';
import { hourMs, windowMs } from './whole-windows.js';

const member = (service: string, metric: string, sinceMs: number): Member => ({
  service,
  metric,
  trouble: 'up',
  sinceMs,
  score: 8,
  bad: 6,
});
const names = (groups: ReturnType<typeof groupCauses>) =>
  groups.map(({ members }) => members.map(({ service, metric }) => `${service} ${metric}`));

describe('causes', () => {
  const edges = [
    ['web', 'cart'],
    ['cart', 'db'],
  ] as const;

  it('hold what begins together in one service and in those that talk to it', () => {
    const groups = groupCauses(
      [
        member('web', 'latency', 2 * windowMs),
        member('db', 'latency', 0),
        member('cart', 'latency', windowMs),
        member('mail', 'latency', 0),
      ],
      [],
      edges,
    );
    expect(names(groups)).toEqual([
      ['db latency', 'cart latency', 'web latency'],
      ['mail latency'],
    ]);
  });

  it('join services that only a third one joins', () => {
    const groups = groupCauses(
      [member('web', 'a', 0), member('db', 'a', 1), member('cart', 'a', 2)],
      [],
      edges,
    );
    expect(names(groups)).toEqual([['web a', 'cart a', 'db a']]);
  });

  it('keep apart what begins hours later, also in the same service', () => {
    const groups = groupCauses(
      [
        member('db', 'memory', 0),
        member('db', 'latency', 7 * hourMs),
        member('cart', 'a', 8 * hourMs),
      ],
      [],
      edges,
    );
    expect(names(groups)).toEqual([['db memory'], ['db latency', 'cart a']]);
  });

  it('keep what they had, with the time it began', () => {
    const open: OpenCause = {
      cause: 'anomaly:db:0',
      insightId: 7,
      since: new Date(0),
      lastSeen: new Date(0),
      members: [member('db', 'latency', 0), member('db', 'gone', 0)],
      rests: false,
      reopens: false,
    };
    const groups = groupCauses([member('db', 'latency', 9 * hourMs)], [open], edges);
    expect(groups).toEqual([{ open, sinceMs: 0, members: [member('db', 'latency', 0)] }]);
    expect(groupCauses([], [open], edges)).toEqual([]);
  });
});

describe('affected services', () => {
  it('begin with one that calls none of the others, and follow the calls backwards', () => {
    const members = ['web', 'cart', 'db', 'mail'].map((one) => member(one, 'latency', 0));
    expect(
      orderByTopology(members, [
        ['web', 'cart'],
        ['web', 'mail'],
        ['cart', 'db'],
        ['db', 'elsewhere'],
      ]),
    ).toEqual(['db', 'cart', 'web', 'mail']);
  });

  it('are all there when they call each other in a circle', () => {
    const members = [member('a', 'x', 1), member('b', 'x', 0), member('a', 'y', 2)];
    expect(
      orderByTopology(members, [
        ['a', 'b'],
        ['b', 'a'],
      ]),
    ).toEqual(['b', 'a']);
  });
});
