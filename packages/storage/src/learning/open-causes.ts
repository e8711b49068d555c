import type { Connection } from '../duckdb/connection.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import { checkInsight, endInsight, writeInsight } from '../writes/insights.js';
import type { Store } from '../store.js';
import { takeEvidence, type Evidence } from './evidence.js';
import type { Finding, Member, OpenCause } from './finding.js';
import { keyOf } from './group-causes.js';
import { hourMs } from './whole-windows.js';

/** What became of findings. */
export interface TellResult {
  readonly created: number;
  readonly updated: number;
  readonly resolved: number;
}

/** How often an insight whose cause goes on is made to last longer. ms */
const refreshMs = hourMs;
/** How long a cause that is over is remembered: what comes back in between is the same trouble. ms */
const restMs = 6 * hourMs;
/** Members that a cause remembers. */
const mostMembers = 2_000;

export async function readOpenCauses(readers: ReaderPool): Promise<OpenCause[]> {
  const rows = await readers.query('SELECT * FROM insight_causes ORDER BY since, cause');
  return rows.map((row) => ({
    cause: row['cause'] as string,
    insightId: row['insight_id'] as number,
    since: row['since'] as Date,
    lastSeen: row['last_seen'] as Date,
    members: JSON.parse(row['members'] as string) as Member[],
    rests: row['rests'] as boolean,
    reopens: row['reopens'] as boolean,
  }));
}

/**
 * Makes insights of findings: a new one for a new cause, an update for one that goes on, and a
 * resolution for one that is not found any more. An insight that was dismissed, resolved by hand or
 * deleted stays so while its cause goes on. Each cause is one transaction.
 *
 * @param open the causes that the search would have found again
 */
export async function tell(
  store: Store,
  findings: readonly Finding[],
  open: readonly OpenCause[],
  at: Date,
): Promise<TellResult> {
  const known = new Map(open.map((cause) => [cause.cause, cause]));
  const found = new Set(findings.map(({ cause }) => cause));
  const result = { created: 0, updated: 0, resolved: 0 };
  for (const finding of findings) {
    const before = known.get(finding.cause);
    if (before && !isNews(finding, before)) {
      if (isStale(finding, before, at)) {
        await store.write((connection) => refresh(connection, before, finding, at));
      }
      continue;
    }
    const evidence = await takeEvidence(store.readers(), finding.evidence, at);
    if (before)
      await store.write((connection) => update(connection, before, finding, evidence, at));
    else await store.write((connection) => create(connection, finding, evidence, at));
    result[before ? 'updated' : 'created'] += 1;
  }
  for (const cause of open) {
    if (found.has(cause.cause)) continue;
    if (!cause.rests) {
      await store.write((connection) => rest(connection, cause));
      result.resolved += 1;
    } else if (Math.abs(at.getTime() - cause.lastSeen.getTime()) >= restMs) {
      await store.write((connection) => forget(connection, cause.cause));
    }
  }
  return result;
}

/** Resolves the insight of a cause that is over, unless somebody ended it before. */
async function rest(connection: Connection, cause: OpenCause): Promise<void> {
  const reopens = await endInsight(connection, cause.insightId, 'resolved');
  await forget(connection, cause.cause);
  await writeCause(connection, { ...cause, rests: true, reopens });
}

async function forget(connection: Connection, cause: string): Promise<void> {
  await connection.run('DELETE FROM insight_causes WHERE cause = ?', [cause]);
}

/** Whether there is more to tell: evidence of the beginning is not replaced by that of the end. */
function isNews(finding: Finding, before: OpenCause): boolean {
  const known = new Set(before.members.map(keyOf));
  return before.rests || remembered(finding).some((member) => !known.has(keyOf(member)));
}

/** Whether what is remembered of it differs, or its insight might expire. */
function isStale(finding: Finding, before: OpenCause, at: Date): boolean {
  const ageMs = Math.abs(at.getTime() - before.lastSeen.getTime());
  return ageMs >= refreshMs || remembered(finding).length !== before.members.length;
}

function remembered({ members }: Finding): readonly Member[] {
  return members.slice(0, mostMembers);
}

async function refresh(
  connection: Connection,
  { insightId, cause }: OpenCause,
  finding: Finding,
  at: Date,
): Promise<void> {
  await connection.run(`UPDATE insights SET expires_at = ? WHERE id = ? AND status = 'active'`, [
    new Date(at.getTime() + finding.lastsMs),
    insightId,
  ]);
  await forget(connection, cause);
  await writeCause(connection, openCause(finding, insightId, at));
}

async function create(
  connection: Connection,
  finding: Finding,
  evidence: readonly Evidence[],
  at: Date,
): Promise<void> {
  const row = insightRow(finding, evidence, at);
  await writeCause(connection, openCause(finding, await writeInsight(connection, row), at));
}

async function update(
  connection: Connection,
  { insightId, cause, rests, reopens }: OpenCause,
  finding: Finding,
  evidence: readonly Evidence[],
  at: Date,
): Promise<void> {
  const [, , priority, title, summary, details, services, confidence, expiresAt] = insightRow(
    finding,
    evidence,
    at,
  );
  if (rests && reopens) {
    await connection.run(
      `UPDATE insights SET status = 'active' WHERE id = ? AND status = 'resolved'`,
      [insightId],
    );
  }
  await connection.run(
    `UPDATE insights SET title = ?, summary = ?, details = ?, affected_services = ?, confidence = ?,
       expires_at = ? WHERE id = ? AND status = 'active'`,
    [title, summary, details, services, confidence, expiresAt, insightId],
  );
  // It has an index: changed only where it differs.
  await connection.run(
    `UPDATE insights SET priority = ? WHERE id = ? AND status = 'active' AND priority <> ?`,
    [priority, insightId, priority],
  );
  await forget(connection, cause);
  await writeCause(connection, openCause(finding, insightId, at));
}

function openCause({ cause, since, members }: Finding, insightId: number, at: Date): OpenCause {
  return { cause, insightId, since, lastSeen: at, members, rests: false, reopens: false };
}

async function writeCause(connection: Connection, open: OpenCause): Promise<void> {
  await connection.run('INSERT INTO insight_causes VALUES (?, ?, ?, ?, ?, ?, ?)', [
    open.cause,
    open.insightId,
    open.since,
    open.lastSeen,
    JSON.stringify(open.members.slice(0, mostMembers)),
    open.rests,
    open.reopens,
  ]);
}

function insightRow(finding: Finding, evidence: readonly Evidence[], at: Date) {
  return checkInsight(
    {
      createdAt: at,
      insightType: finding.insightType,
      priority: finding.priority,
      title: finding.title,
      summary: finding.summary,
      details: { cause: finding.cause, ...finding.facts, evidence },
      affectedServices: finding.affectedServices,
      confidence: finding.confidence,
      expiresAt: new Date(at.getTime() + finding.lastsMs),
    },
    at,
  );
}
