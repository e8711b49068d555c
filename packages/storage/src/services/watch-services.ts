import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { writeAutomaticEvents, type AutomaticEvent } from '../events/automatic-events.js';
import { tellConnections } from '../events/tell-connections.js';
import { restartEvents } from './restart-events.js';

/** What {@link watchServices} did. */
export interface WatchServicesResult {
  /** Services that are stopped now, since nothing was heard of them. */
  readonly stopped: number;
  /** Services whose status is error now. */
  readonly troubled: number;
  /** … and those that run again. */
  readonly calmed: number;
  readonly events: number;
}

/** When a service counts as stopped, and when as in error. */
export interface WatchServicesOptions {
  /** Silence after which a service is stopped, ms. */
  readonly stoppedAfterMs: number;
}

const minuteMs = 60_000;
/** Errors are counted over so long. */
const troubleMs = 5 * minuteMs;
/** Logged errors of that time that are trouble, and fewer than which are none any more. */
const manyErrors = 50;
const fewErrors = 25;
/** Share of failed requests that is trouble, of so many requests at least; and that is none. */
const highFailure = 0.05;
const lowFailure = 0.025;
const leastRequests = 20;
/** A new process takes the place of one that was heard of within so long before it. */
const replacesWithinMs = 10 * minuteMs;

const measureSql = `
SELECT coalesce(l.service_id, r.service_id) AS service_id, coalesce(l.errors, 0)::DOUBLE AS errors,
  coalesce(r.requests, 0)::DOUBLE AS requests, coalesce(r.failure, 0)::DOUBLE AS failure
FROM (
  SELECT service_id, sum(count) AS errors FROM log_error_minutes
  WHERE minute > make_timestamp(?) GROUP BY service_id
) l FULL JOIN (
  -- Of each request 1 if it failed and 0 if not: the mean is their share.
  SELECT service_id, sum(count) AS requests, sum(mean * count) / sum(count) AS failure
  FROM metric_summaries
  WHERE timestamp > make_timestamp(?) AND interval = '5m' AND metric_name = 'traces.errors'
  GROUP BY service_id
) r ON l.service_id = r.service_id`;

const replacedSql = `
SELECT n.service_id, n.instance AS fresh, coalesce(epoch_us(n.started_at), 0) AS started_us,
  epoch_us(n.first_seen) AS first_us, o.instance AS ended, epoch_us(o.last_seen) AS last_us,
  coalesce(epoch_us(o.last_error_at), 0) AS error_us, coalesce(o.last_error, '') AS last_error
FROM service_instances n JOIN service_instances o USING (service_id)
WHERE o.last_seen < make_timestamp(?)
  AND n.last_seen > o.last_seen
  AND o.replaced_by IS NULL
  AND n.instance <> o.instance
  AND n.first_seen > o.first_seen
  AND n.version IS NOT DISTINCT FROM o.version
  AND n.first_seen >= make_timestamp(?)
  AND epoch_us(n.first_seen) - epoch_us(o.last_seen) BETWEEN -? AND ?
  AND NOT EXISTS (
    FROM service_instances taken
    WHERE taken.service_id = n.service_id AND taken.replaced_by = n.instance)
ORDER BY n.service_id, n.first_seen, n.instance, o.last_seen DESC, o.instance`;

/**
 * Looks at all services: who is silent, who is in trouble, which process took another's place, which
 * connections are new; and forgets what is too old to matter. To be called every few seconds.
 */
export async function watchServices(
  connection: Connection,
  now: Date,
  { stoppedAfterMs }: WatchServicesOptions,
): Promise<WatchServicesResult> {
  const nowMs = now.getTime();
  const stopped = await connection.run(
    `UPDATE services SET status = 'stopped' WHERE status <> 'stopped' AND last_seen < ?`,
    [new Date(nowMs - stoppedAfterMs)],
  );
  const { troubled, calmed } = await judgeTroubles(connection, now);
  const restarts = await findReplaced(connection, nowMs, stoppedAfterMs);
  await writeAutomaticEvents(connection, restarts);
  const connections = await tellConnections(connection, now);
  await forgetOld(connection, nowMs);
  return { stopped, troubled, calmed, events: restarts.length + connections };
}

async function judgeTroubles(
  connection: Connection,
  now: Date,
): Promise<{ troubled: number; calmed: number }> {
  const sinceUs = (now.getTime() - troubleMs) * 1000;
  const measured = await connection.query(measureSql, [sinceUs, sinceUs - troubleMs * 1000]);
  const reasons = new Map<string, string>();
  const calm = new Map<string, boolean>();
  for (const row of measured) {
    const id = row['service_id'] as string;
    const errors = row['errors'] as number;
    const requests = row['requests'] as number;
    const failure = row['failure'] as number;
    calm.set(id, errors < fewErrors && !(requests >= leastRequests && failure >= lowFailure));
    if (errors >= manyErrors) reasons.set(id, `${errors} errors logged in five minutes`);
    else if (requests >= leastRequests && failure >= highFailure) {
      reasons.set(id, `${Math.round(failure * 1000) / 10} % of ${requests} requests failed`);
    }
  }
  const known = await connection.query(
    `SELECT t.service_id, s.status FROM service_troubles t LEFT JOIN services s ON s.id = t.service_id`,
  );
  const over = known.flatMap((row) => {
    const id = row['service_id'] as string;
    return row['status'] !== 'error' || calm.get(id) !== false ? [id] : [];
  });
  for (const id of over) {
    await connection.run('DELETE FROM service_troubles WHERE service_id = ?', [id]);
  }
  const calmed = await connection.run(
    `UPDATE services SET status = 'running' WHERE status = 'error' AND id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))`,
    [JSON.stringify(over)],
  );
  const rows = JSON.stringify([...reasons].map(([service_id, reason]) => ({ service_id, reason })));
  await connection.run(
    `INSERT INTO service_troubles
     SELECT service_id, ?, reason FROM ${fromJsonRows({ service_id: 'VARCHAR', reason: 'VARCHAR' })}
     WHERE service_id IN (SELECT id FROM services WHERE status = 'running')
     ON CONFLICT (service_id) DO UPDATE SET reason = excluded.reason`,
    [now, rows],
  );
  const troubled = await connection.run(
    `UPDATE services SET status = 'error' WHERE status = 'running' AND id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))`,
    [JSON.stringify([...reasons.keys()])],
  );
  return { troubled, calmed };
}

/** Processes that fell silent while another of the same version came: each of them is one restart. */
async function findReplaced(
  connection: Connection,
  nowMs: number,
  stoppedAfterMs: number,
): Promise<AutomaticEvent[]> {
  const pairs = await connection.query(replacedSql, [
    (nowMs - stoppedAfterMs) * 1000,
    (nowMs - stoppedAfterMs - replacesWithinMs - 10 * minuteMs) * 1000,
    stoppedAfterMs * 1000,
    replacesWithinMs * 1000,
  ]);
  const taken = new Set<string>();
  const events: AutomaticEvent[] = [];
  for (const row of pairs) {
    const serviceId = row['service_id'] as string;
    const instance = row['fresh'] as string;
    const ended = row['ended'] as string;
    if (taken.has(`${serviceId}\n${instance}`) || taken.has(`${serviceId}\n${ended}`)) continue;
    taken.add(`${serviceId}\n${instance}`).add(`${serviceId}\n${ended}`);
    const startedUs = row['started_us'] as number;
    const lastSeenUs = row['last_us'] as number;
    const isBelievable = startedUs > lastSeenUs - 3_600_000_000 && startedUs <= nowMs * 1000;
    events.push(
      ...(await restartEvents(connection, {
        serviceId,
        ended: {
          instance: ended,
          lastSeenUs,
          lastErrorUs: row['error_us'] as number,
          lastError: row['last_error'] as string,
        },
        instance,
        reason: 'replaced',
        atUs: isBelievable ? startedUs : (row['first_us'] as number),
        startedUs,
      })),
    );
    await connection.run(
      'UPDATE service_instances SET replaced_by = ? WHERE service_id = ? AND instance = ?',
      [instance, serviceId, ended],
    );
  }
  return events;
}

/** How long what events are derived from is kept, and how much of it. */
export const remembered = {
  requestsMs: 15 * minuteMs,
  errorMinutesMs: 180 * minuteMs,
  openEventsMs: 24 * 60 * minuteMs,
  instancesMs: 24 * 60 * minuteMs,
  errorsMs: 30 * 24 * 60 * minuteMs,
  errorsPerService: 500,
} as const;

async function forgetOld(connection: Connection, nowMs: number): Promise<void> {
  const before = (ms: number) => [new Date(nowMs - ms)];
  await connection.run(
    'DELETE FROM counted_requests WHERE received_at < ?',
    before(remembered.requestsMs),
  );
  await connection.run(
    'DELETE FROM log_error_minutes WHERE minute < ?',
    before(remembered.errorMinutesMs),
  );
  await connection.run(
    'DELETE FROM open_events WHERE last_at < ?',
    before(remembered.openEventsMs),
  );
  await connection.run(
    'DELETE FROM service_instances WHERE last_seen < ?',
    before(remembered.instancesMs),
  );
  await connection.run('DELETE FROM log_errors WHERE last_seen < ?', before(remembered.errorsMs));
  await connection.run(
    `DELETE FROM log_errors WHERE (service_id, fingerprint) IN (
       SELECT (service_id, fingerprint) FROM log_errors
       QUALIFY row_number() OVER (PARTITION BY service_id ORDER BY last_seen DESC, fingerprint) > ?)`,
    [remembered.errorsPerService],
  );
}
