import type { Connection } from '../duckdb/connection.js';
import { writeAutomaticEvents } from './automatic-events.js';

/** Connections that were first observed longer ago are no news. ms */
const newsMs = 24 * 3_600_000;
/** … and those further in the future come from a clock that is wrong. ms */
const futureMs = 10 * 60_000;

const untoldSql = `
SELECT from_service, to_service, protocol, epoch_us(first_observed) AS first_us
FROM service_connections c
WHERE first_observed BETWEEN $1 AND $2 AND NOT EXISTS (
  FROM events e
  -- An event has the time at which its connection was first observed when it was told, and that time
  -- only ever moves back: older events are not of a connection that is news, and need not be read.
  WHERE e.timestamp >= $1 AND e.event_type = 'connection' AND e.service_id = c.from_service
    -- Details that somebody else wrote may be no JSON.
    AND CASE WHEN json_valid(e.details)
      THEN (e.details->>'to') = c.to_service AND (e.details->>'protocol') = c.protocol
      ELSE false END)
ORDER BY first_observed, from_service, to_service, protocol`;

/**
 * Writes an event `connection` for every row of `service_connections` that is new and has none,
 * whoever wrote it. @returns how many
 */
export async function tellConnections(connection: Connection, now: Date): Promise<number> {
  const rows = await connection.query(untoldSql, [
    new Date(now.getTime() - newsMs),
    new Date(now.getTime() + futureMs),
  ]);
  await writeAutomaticEvents(
    connection,
    rows.map((row) => ({
      timestampUs: row['first_us'] as number,
      serviceId: row['from_service'] as string,
      eventType: 'connection',
      details: {
        reason: 'first_seen',
        to: row['to_service'] as string,
        protocol: row['protocol'] as string,
      },
    })),
  );
  return rows.length;
}
