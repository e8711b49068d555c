/**
 * How far apart the ends of two spans may lie to belong together, 15 minutes: as long as a message may
 * wait in a queue. µs
 */
export const kinshipUs = 15 * 60 * 1_000_000;

/** Whether two spans end close enough together. */
const areClose = (one: string, other: string) =>
  `abs(epoch_us(${one}.end_time) - epoch_us(${other}.end_time)) <= ${kinshipUs}`;

/**
 * The spans of one window, each once, and those that may be their kin. Parameters: $1 start of the
 * window, $2 its end, $3 and $4 the same with {@link kinshipUs} around them.
 */
const spansOfWindowSql = `own AS MATERIALIZED (
  SELECT trace_high, trace_low, span_id, min(parent_id) AS parent_id, min(end_time) AS end_time,
    min(operation_id) AS operation_id
  FROM spans
  WHERE end_time >= $1 AND end_time < $2
  GROUP BY trace_high, trace_low, span_id
),
kin AS (
  SELECT trace_high, trace_low, span_id, parent_id, end_time, operation_id
  FROM spans
  WHERE end_time >= $3 AND end_time < $4
)`;

/**
 * The windows other than a given one that hold parents or children of its spans, as `us`.
 * Parameters: those of {@link spansOfWindowSql}.
 */
export const kinWindowsSql = `
WITH ${spansOfWindowSql}
SELECT DISTINCT epoch_us(time_bucket(INTERVAL 5 MINUTE, end_time)) AS us
FROM (
  SELECT kin.end_time FROM own JOIN kin
    ON kin.trace_high = own.trace_high AND kin.trace_low = own.trace_low
    AND kin.span_id = own.parent_id
  UNION ALL
  SELECT kin.end_time FROM own JOIN kin
    ON kin.trace_high = own.trace_high AND kin.trace_low = own.trace_low
    AND kin.parent_id = own.span_id
)
WHERE end_time < $1 OR end_time >= $2`;

/**
 * What the spans of one window say about connections, one row each, with the columns of
 * `service_connections`. Parameters: those of {@link spansOfWindowSql}.
 *
 * - A server or consumer whose parent is there counts once for the connection from its parent's service
 *   to its own, if the parent is a client or producer, or of another service.
 * - A client or producer that no such child is there for counts once for a connection to its peer, if it
 *   names one; a consumer without such a parent, for one from its peer.
 *
 * What is said depends on nothing but which spans there are.
 */
export const windowConnectionsSql = `
WITH ${spansOfWindowSql},
called AS (
  SELECT own.*, service_id, kind, protocol, peer
  FROM own JOIN span_operations USING (operation_id)
  WHERE kind IN ('server', 'consumer')
),
parents AS (
  SELECT called.trace_high, called.trace_low, called.span_id, min(kin.operation_id) AS operation_id
  FROM called JOIN kin
    ON kin.trace_high = called.trace_high AND kin.trace_low = called.trace_low
    AND kin.span_id = called.parent_id
  WHERE called.parent_id <> 0 AND ${areClose('called', 'kin')}
  GROUP BY called.trace_high, called.trace_low, called.span_id
),
matched AS (
  SELECT called.trace_high, called.trace_low, called.span_id, called.end_time,
    p.service_id AS from_service, called.service_id AS to_service,
    coalesce(nullif(p.protocol, ''), nullif(called.protocol, ''), 'unknown') AS protocol
  FROM called JOIN parents USING (trace_high, trace_low, span_id)
    JOIN span_operations p ON p.operation_id = parents.operation_id
  WHERE p.kind IN ('client', 'producer') OR p.service_id <> called.service_id
),
callers AS (
  SELECT own.*, service_id, protocol, peer
  FROM own JOIN span_operations USING (operation_id)
  WHERE kind IN ('client', 'producer') AND peer <> ''
),
answered AS (
  SELECT DISTINCT callers.trace_high, callers.trace_low, callers.span_id
  FROM callers JOIN kin
    ON kin.trace_high = callers.trace_high AND kin.trace_low = callers.trace_low
    AND kin.parent_id = callers.span_id
    JOIN span_operations k ON k.operation_id = kin.operation_id
  WHERE k.kind IN ('server', 'consumer') AND ${areClose('callers', 'kin')}
),
observed AS (
  SELECT from_service, to_service, protocol, end_time FROM matched
  UNION ALL
  SELECT service_id, peer, coalesce(nullif(protocol, ''), 'unknown'), end_time
  FROM callers ANTI JOIN answered USING (trace_high, trace_low, span_id)
  UNION ALL
  SELECT peer, service_id, coalesce(nullif(protocol, ''), 'unknown'), end_time
  FROM called ANTI JOIN matched USING (trace_high, trace_low, span_id)
  WHERE kind = 'consumer' AND peer <> ''
)
SELECT from_service, to_service, protocol, min(end_time) AS first_observed,
  max(end_time) AS last_observed, count(*) AS connection_count
FROM observed
GROUP BY from_service, to_service, protocol
`;

const edge = 'from_service, to_service, protocol';

/** Stands for agents and closed windows in `connection_parts`. */
const restSql = `TIMESTAMP '1970-01-01'`;
/** Stands there for what becomes the rest within the same transaction. */
const newRestSql = `TIMESTAMP 'infinity'`;

const computedParts = '_computed.connection_parts';
const computedWindows = '_computed.connection_windows';
const changedParts = '_computed.changed_parts';
const touchedConnections = '_computed.touched_connections';

/** Where a run notes what its windows say, and which of them say something else than before. */
export const prepareConnectSql = `
CREATE OR REPLACE TABLE ${computedParts} AS FROM connection_parts LIMIT 0;
CREATE OR REPLACE TABLE ${computedWindows} (window_start TIMESTAMP)`;

/** Notes what a window says. Parameters: those of {@link windowConnectionsSql}. */
export const computePartsSql = `INSERT INTO ${computedParts} SELECT $1::TIMESTAMP, * FROM (${windowConnectionsSql})`;
export const noteWindowSql = `INSERT INTO ${computedWindows} VALUES ($1)`;

/** Keeps the windows that say something else than they did, and the connections that this is about. */
export const findChangesSql = `
CREATE OR REPLACE TABLE ${changedParts} AS
SELECT * FROM (
  (FROM ${computedParts} EXCEPT FROM connection_parts)
  UNION ALL
  ((FROM connection_parts SEMI JOIN ${computedWindows} USING (window_start)) EXCEPT FROM ${computedParts})
);
CREATE OR REPLACE TABLE ${touchedConnections} AS SELECT DISTINCT ${edge} FROM ${changedParts}`;
export const countChangesSql = `SELECT count(DISTINCT window_start) AS windows FROM ${changedParts}`;
export const forgetComputedSql = [computedParts, computedWindows, changedParts, touchedConnections]
  .map((table) => `DROP TABLE ${table}`)
  .join('; ');

/**
 * Puts what the windows say in place of what they said, and makes the touched connections the sums of
 * their parts; those that have none any more go. Connections that others have reported get their share
 * first.
 */
export const applyChangesSql = `
INSERT INTO connection_parts
SELECT ${restSql}, s.* FROM service_connections s
WHERE (${edge}) IN (SELECT (${edge}) FROM ${touchedConnections})
  AND (${edge}) NOT IN (SELECT (${edge}) FROM connection_parts);
DELETE FROM connection_parts
WHERE window_start IN (SELECT window_start FROM ${changedParts})
  AND (${edge}) IN (SELECT (${edge}) FROM ${touchedConnections});
INSERT INTO connection_parts
SELECT * FROM ${computedParts}
WHERE window_start IN (SELECT window_start FROM ${changedParts})
  AND (${edge}) IN (SELECT (${edge}) FROM ${touchedConnections});
INSERT INTO service_connections
SELECT ${edge}, min(first_observed), max(last_observed),
  least(sum(connection_count), 2147483647)::INTEGER
FROM connection_parts
WHERE (${edge}) IN (SELECT (${edge}) FROM ${touchedConnections})
GROUP BY ${edge}
ON CONFLICT (${edge}) DO UPDATE SET first_observed = excluded.first_observed,
  last_observed = excluded.last_observed, connection_count = excluded.connection_count;
DELETE FROM service_connections
WHERE (${edge}) IN (SELECT (${edge}) FROM ${touchedConnections})
  AND (${edge}) NOT IN (SELECT (${edge}) FROM connection_parts)`;

/**
 * Adds what the windows of an hour say to the rest, for good. Parameters: $1 start of the hour, $2 its
 * end. Then, in order and without parameters: {@link placeFoldedPartsSql}.
 */
export const foldPartsSql = `
INSERT INTO connection_parts
SELECT ${newRestSql}, ${edge}, min(first_observed), max(last_observed), sum(connection_count)::BIGINT
FROM connection_parts
WHERE window_start = ${restSql} OR (window_start >= $1 AND window_start < $2)
GROUP BY ${edge}`;
export const removeFoldedPartsSql = `
DELETE FROM connection_parts
WHERE window_start = ${restSql} OR (window_start >= $1 AND window_start < $2)`;
/** A connection that no open window speaks of is what it is: nothing will change it. */
export const placeFoldedPartsSql = `
DELETE FROM connection_parts
WHERE window_start = ${newRestSql}
  AND (${edge}) NOT IN (SELECT (${edge}) FROM connection_parts WHERE window_start <> ${newRestSql});
UPDATE connection_parts SET window_start = ${restSql} WHERE window_start = ${newRestSql}`;

/** Keeps count of what agents report of connections that also have spans. Takes the rows as JSON. */
export function addReportedSql(rows: string): string {
  return `INSERT INTO connection_parts
SELECT ${restSql}, from_service, to_service, protocol,
  make_timestamp(first_us), make_timestamp(last_us), count
FROM ${rows}
WHERE (${edge}) IN (SELECT (${edge}) FROM connection_parts)`;
}
