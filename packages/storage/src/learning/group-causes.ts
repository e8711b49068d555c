import type { Member, OpenCause } from './finding.js';
import { hourMs } from './whole-windows.js';

/** Who calls whom. */
export type Edge = readonly [from: string, to: string];

/** Metrics that are in trouble together. */
export interface CauseGroup {
  readonly open?: OpenCause | undefined;
  readonly sinceMs: number;
  readonly members: readonly Member[];
}

/** Troubles of one service are one cause when they begin within this time of its beginning. ms */
const sameServiceMs = 6 * hourMs;
/** Those of services that talk to each other, when they begin within this. ms */
const neighbourMs = 3 * hourMs;

/**
 * Puts metrics in trouble together that seem to have one cause: trouble of the same service, or of
 * services that talk to each other, that began at about the same time. What belonged to a cause goes
 * on belonging to it; what begins late, such as a crash in the middle of a slow leak, is one of its own.
 * Pure.
 *
 * Shape: a group per cause, each member in one; causes that are over have none.
 */
export function groupCauses(
  members: readonly Member[],
  open: readonly OpenCause[],
  edges: readonly Edge[],
): CauseGroup[] {
  const groups = open.map((cause): MutableGroup => {
    const known = new Map(cause.members.map((member) => [keyOf(member), member]));
    const own = members.flatMap((member) => {
      const before = known.get(keyOf(member));
      return before ? [{ ...member, sinceMs: before.sinceMs }] : [];
    });
    return { open: cause, sinceMs: cause.since.getTime(), members: own };
  });
  const taken = new Set(groups.flatMap((group) => group.members.map(keyOf)));
  const isNeighbour = neighbours(edges);
  const fresh = members.filter((member) => !taken.has(keyOf(member)));
  for (const member of fresh.sort((a, b) => a.sinceMs - b.sinceMs)) {
    const near = groups.filter((group) => belongs(member, group, isNeighbour));
    const [first, ...others] = near.sort((a, b) => a.sinceMs - b.sinceMs);
    if (!first) {
      groups.push({ sinceMs: member.sinceMs, members: [member] });
      continue;
    }
    first.members.push(member);
    // One that stands between two new ones makes them one; what is told already stays apart.
    for (const other of others.filter((group) => group.open === undefined)) {
      first.members.push(...other.members.splice(0));
    }
  }
  return groups.filter((group) => group.members.length > 0);
}

interface MutableGroup {
  readonly open?: OpenCause;
  readonly sinceMs: number;
  readonly members: Member[];
}

function belongs(
  member: Member,
  group: MutableGroup,
  isNeighbour: (a: string, b: string) => boolean,
): boolean {
  const apartMs = Math.abs(member.sinceMs - group.sinceMs);
  return group.members.some(
    ({ service }) =>
      (service === member.service && apartMs <= sameServiceMs) ||
      (apartMs <= neighbourMs && isNeighbour(service, member.service)),
  );
}

/** A metric is in one cause at a time, whatever is the matter with it. */
export function keyOf({ service, metric }: Pick<Member, 'service' | 'metric'>): string {
  return `${service}\0${metric}`;
}

function neighbours(edges: readonly Edge[]): (a: string, b: string) => boolean {
  const pairs = new Set(edges.flatMap(([from, to]) => [`${from}\0${to}`, `${to}\0${from}`]));
  return (a, b) => pairs.has(`${a}\0${b}`);
}

/**
 * The services of a cause, from where it seems to come from: first one that calls none of the others
 * that are in trouble, then who calls it, and who calls them. Trouble travels against the calls. Pure.
 */
export function orderByTopology(members: readonly Member[], edges: readonly Edge[]): string[] {
  const firstMs = new Map<string, number>();
  for (const { service, sinceMs } of members) {
    firstMs.set(service, Math.min(sinceMs, firstMs.get(service) ?? Infinity));
  }
  const byTime = [...firstMs.keys()].sort(
    (a, b) => firstMs.get(a)! - firstMs.get(b)! || (a < b ? -1 : 1),
  );
  const inside = edges.filter(([from, to]) => from !== to && firstMs.has(from) && firstMs.has(to));
  const isRoot = (service: string) => !inside.some(([from]) => from === service);
  const ordered = new Set<string>();
  const visit = (first: string) => {
    const queue = [first];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (ordered.has(next)) continue;
      ordered.add(next);
      const callee = next;
      queue.push(...byTime.filter((one) => inside.some(([f, t]) => f === one && t === callee)));
    }
  };
  for (const service of [...byTime.filter(isRoot), ...byTime]) visit(service);
  return [...ordered];
}
