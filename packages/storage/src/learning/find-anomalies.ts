import type { Store } from '../store.js';
import { describeAnomaly, type Deploy } from './describe-anomaly.js';
import type { Finding, Member, OpenCause } from './finding.js';
import { groupCauses, keyOf, orderByTopology, type Edge } from './group-causes.js';
import { readDeviations } from './read-deviations.js';
import { readSilences } from './read-silences.js';
import { readTrends } from './read-trends.js';
import { hourMs, windowMs } from './whole-windows.js';

/** A deploy is named when it came at most so long before the trouble … ms */
const deployBeforeMs = hourMs;
/** … or after its first window began. ms */
const deployAfterMs = 2 * windowMs;

export interface AnomalySearch {
  readonly end: Date;
  /** Since when the colony listens. */
  readonly openedAt: Date;
  /** Whether to look for trends too, which takes more time. */
  readonly trends: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Looks for metrics that are not as they should be, and makes one finding of what belongs together. */
export async function findAnomalies(
  store: Store,
  open: readonly OpenCause[],
  { end, openedAt, trends, signal }: AnomalySearch,
): Promise<Finding[]> {
  const before = open.flatMap(({ members, rests }) => (rests ? [] : members));
  const slow = before.filter(isSlow);
  const wasSlow = openTest(slow);
  const found = [
    ...(trends ? await readTrends(store, end, wasSlow, signal) : slow),
    ...(await readSilences(store, end, openedAt, before, signal)),
    ...(await readDeviations(store, end, openTest(before), signal)),
  ];
  const members = firstOfEach(found);
  if (members.length === 0) return [];
  const edges = await readEdges(store);
  const groups = groupCauses(members, open, edges);
  const findings: Finding[] = [];
  for (const group of groups) {
    const services = orderByTopology(group.members, edges);
    const since = new Date(group.sinceMs);
    const deploy = await readDeploy(store, services, since);
    findings.push(
      describeAnomaly({
        cause: group.open?.cause ?? `anomaly:${services[0]}:${since.toISOString()}`,
        since,
        services,
        members: group.members,
        deploy,
      }),
    );
  }
  return findings;
}

function isSlow({ trouble }: Member): boolean {
  return trouble === 'rising' || trouble === 'falling';
}

function openTest(members: readonly Member[]): (service: string, metric: string) => boolean {
  const keys = new Set(members.map(keyOf));
  return (service, metric) => keys.has(keyOf({ service, metric }));
}

/** Of several troubles of one metric, the first that was looked for, as bad as the worst of them. */
function firstOfEach(members: readonly Member[]): Member[] {
  const first = new Map<string, Member>();
  for (const member of members) {
    const before = first.get(keyOf(member));
    const score = Math.max(member.score, before?.score ?? 0);
    first.set(keyOf(member), { ...(before ?? member), score });
  }
  return [...first.values()];
}

async function readEdges(store: Store): Promise<Edge[]> {
  const rows = await store
    .readers()
    .query('SELECT DISTINCT from_service, to_service FROM service_connections');
  return rows.map((row) => [row['from_service'] as string, row['to_service'] as string]);
}

async function readDeploy(
  store: Store,
  services: readonly string[],
  since: Date,
): Promise<Deploy | undefined> {
  const rows = await store.readers().query(
    `SELECT id, timestamp, service_id, details FROM events
     WHERE event_type = 'deploy' AND timestamp >= ? AND timestamp <= ?
     ORDER BY timestamp DESC, id DESC`,
    [new Date(since.getTime() - deployBeforeMs), new Date(since.getTime() + deployAfterMs)],
  );
  const deploys = rows
    .map((row) => ({
      id: row['id'] as number,
      at: row['timestamp'] as Date,
      service: row['service_id'] as string,
      details: row['details'] as string | undefined,
    }))
    .filter(({ service }) => services.includes(service));
  return deploys.sort((a, b) => services.indexOf(a.service) - services.indexOf(b.service))[0];
}
