/** An event as far as correlation looks at it. */
export interface CorrelatedEvent {
  readonly timestampUs: number;
  readonly serviceId: string;
  readonly eventType: string;
  /** '' when it has none. */
  readonly traceId: string;
  /** The group it is in. */
  readonly group: string | undefined;
}

/** That two services talk to each other, whichever way. */
export type ServicePair = readonly [string, string];

/** How far around an event others are looked for: no rule reaches further. µs */
export const correlationReachUs = 10 * 60_000_000;
/** What follows a deploy this closely belongs to it. µs */
const afterDeployUs = 10 * 60_000_000;
/** … and what precedes it this closely: a restart is seen before the new version is. µs */
const beforeDeployUs = 60_000_000;
/** Troubles this close to each other are one trouble. µs */
const sameTroubleUs = 60_000_000;

const troubleTypes: ReadonlySet<string> = new Set(['alert', 'crash', 'restart']);
/** Of two groups that turn out to be one, the one of the earlier kind stays. */
const kinds = ['deploy', 'trouble', 'trace'];

/** Types of events that take part; others keep what their sender said. */
export const correlatedTypes: readonly string[] = [
  'alert',
  'connection',
  'crash',
  'deploy',
  'restart',
];

/**
 * Decides which events belong together. Two do when
 * - they carry the same trace id, or
 * - one is a deploy and the other happened to the same service up to a minute before or ten minutes
 *   after it, or
 * - both are trouble (alert, crash, restart) within a minute of each other, in one service or in two
 *   that talk to each other;
 * and so do events that a third one joins. The order in which events come makes no difference.
 *
 * A group is called by a sender's own name if one of its events has one; otherwise
 * `deploy:<time>:<service>`, `trouble:<time>:<service>` or `trace:<trace id>`, after its first deploy
 * or event. An event that belongs to no other stays without a group.
 *
 * Shape: the group of each event, in the order given; undefined where there is none.
 */
export function correlate(
  events: readonly CorrelatedEvent[],
  connected: readonly ServicePair[],
): (string | undefined)[] {
  const order = events.map((_, index) => index).sort((a, b) => inOrder(events[a]!, events[b]!));
  const neighbours = neighboursOf(connected);
  const parents = events.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  for (let i = 0; i < order.length; i++) {
    for (let j = i + 1; j < order.length; j++) {
      const [a, b] = [events[order[i]!]!, events[order[j]!]!];
      if (belongTogether(a, b, neighbours)) parents[root(order[j]!)] = root(order[i]!);
    }
  }
  const members = new Map<number, CorrelatedEvent[]>();
  for (const index of order) {
    const known = members.get(root(index));
    if (known) known.push(events[index]!);
    else members.set(root(index), [events[index]!]);
  }
  const names = new Map([...members].map(([at, group]) => [at, nameOf(group)]));
  return events.map(({ group }, index) => names.get(root(index)) ?? group);
}

/** @param a the earlier one */
function belongTogether(
  a: CorrelatedEvent,
  b: CorrelatedEvent,
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  if (a.traceId !== '' && a.traceId === b.traceId) return true;
  const gapUs = b.timestampUs - a.timestampUs;
  const isSameService = a.serviceId === b.serviceId;
  if (isSameService && a.eventType === 'deploy' && gapUs <= afterDeployUs) return true;
  if (isSameService && b.eventType === 'deploy' && gapUs <= beforeDeployUs) return true;
  return (
    gapUs <= sameTroubleUs &&
    troubleTypes.has(a.eventType) &&
    troubleTypes.has(b.eventType) &&
    (isSameService || neighbours.get(a.serviceId)?.has(b.serviceId) === true)
  );
}

/** @param events of one group, in order */
function nameOf(events: readonly CorrelatedEvent[]): string | undefined {
  const own = events.find(({ group }) => group !== undefined && kindOf(group) < 0)?.group;
  if (own !== undefined) return own;
  const given = events.flatMap(({ group }) => group ?? []);
  const made = events.length > 1 ? [makeName(events)] : [];
  return [...given, ...made].sort((a, b) => kindOf(a) - kindOf(b) || (a < b ? -1 : 1))[0];
}

function makeName(events: readonly CorrelatedEvent[]): string {
  const [first] = events;
  const deploy = events.find(({ eventType }) => eventType === 'deploy');
  if (deploy) return `deploy:${timeOf(deploy)}:${deploy.serviceId}`;
  const { traceId } = first!;
  if (traceId !== '' && events.every((event) => event.traceId === traceId)) {
    return `trace:${traceId}`;
  }
  return `trouble:${timeOf(first!)}:${first!.serviceId}`;
}

/** Position in {@link kinds}, or -1 for a name that somebody else gave. */
function kindOf(group: string): number {
  return kinds.findIndex((kind) => group.startsWith(`${kind}:`));
}

function timeOf({ timestampUs }: CorrelatedEvent): string {
  return `${new Date(timestampUs / 1000).toISOString().slice(0, 19)}Z`;
}

function neighboursOf(connected: readonly ServicePair[]): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  const add = (from: string, to: string) => {
    const known = neighbours.get(from);
    if (known) known.add(to);
    else neighbours.set(from, new Set([to]));
  };
  for (const [a, b] of connected) {
    add(a, b);
    add(b, a);
  }
  return neighbours;
}

function inOrder(a: CorrelatedEvent, b: CorrelatedEvent): number {
  return (
    a.timestampUs - b.timestampUs ||
    compare(a.serviceId, b.serviceId) ||
    compare(a.eventType, b.eventType) ||
    compare(a.traceId, b.traceId)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
