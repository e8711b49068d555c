import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { correlate, correlatedTypes, correlationReachUs, type ServicePair } from './correlate.js';

/** Something that the colony noticed by itself. */
export interface AutomaticEvent {
  readonly timestampUs: number;
  readonly serviceId: string;
  readonly eventType: 'alert' | 'connection' | 'crash' | 'deploy' | 'restart';
  /** `reason` says which rule made it; `traceId` joins it with others of the trace. */
  readonly details: Readonly<Record<string, unknown>> & {
    readonly reason: string;
    readonly traceId?: string;
  };
}

/** Events that are looked at to find those that belong together; the newest. */
const mostNearby = 500;

const nearbySql = `
SELECT id, epoch_us(timestamp) AS us, service_id, event_type, correlation_group,
  CASE WHEN json_valid(details) THEN details->>'traceId' END AS trace_id
FROM events
WHERE timestamp BETWEEN make_timestamp(?) AND make_timestamp(?)
  AND event_type IN (${correlatedTypes.map((type) => `'${type}'`).join(', ')})
ORDER BY timestamp DESC, id DESC
LIMIT ${mostNearby}`;

const pairsSql = `
SELECT DISTINCT from_service, to_service FROM service_connections
WHERE from_service IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
  AND to_service IN (SELECT unnest(from_json(?, '["VARCHAR"]')))`;

const insertSql = `
INSERT INTO events
SELECT nextval('events_id_sequence'), make_timestamp(timestamp_us), service_id, event_type, details, correlation_group
FROM (FROM ${fromJsonRows({
  position: 'INTEGER',
  timestamp_us: 'BIGINT',
  service_id: 'VARCHAR',
  event_type: 'VARCHAR',
  details: 'VARCHAR',
  correlation_group: 'VARCHAR',
})} ORDER BY position)
RETURNING id`;

const regroupSql = `
UPDATE events SET correlation_group = changed.correlation_group
FROM ${fromJsonRows({ id: 'INTEGER', correlation_group: 'VARCHAR' })} AS changed
WHERE events.id = changed.id`;

/**
 * Writes events that the colony noticed into the open transaction, each in the group of what belongs
 * to it; events that are there already join them. See {@link correlate}.
 *
 * @returns their ids, in order
 */
export async function writeAutomaticEvents(
  connection: Connection,
  events: readonly AutomaticEvent[],
): Promise<number[]> {
  if (events.length === 0) return [];
  const times = events.map(({ timestampUs }) => timestampUs);
  const nearby = await connection.query(nearbySql, [
    Math.min(...times) - correlationReachUs,
    Math.max(...times) + correlationReachUs,
  ]);
  const known = nearby.map((row) => ({
    timestampUs: row['us'] as number,
    serviceId: row['service_id'] as string,
    eventType: row['event_type'] as string,
    traceId: (row['trace_id'] as string | undefined) ?? '',
    group: row['correlation_group'] as string | undefined,
  }));
  const fresh = events.map(({ timestampUs, serviceId, eventType, details }) => ({
    timestampUs,
    serviceId,
    eventType,
    traceId: details.traceId ?? '',
    group: undefined,
  }));
  const all = [...known, ...fresh];
  const groups = correlate(all, await connectedAmong(connection, all));
  const changed = nearby.flatMap((row, index) =>
    groups[index] === known[index]!.group
      ? []
      : [{ id: row['id'], correlation_group: groups[index] }],
  );
  if (changed.length > 0) await connection.run(regroupSql, [JSON.stringify(changed)]);
  const rows = events.map(({ timestampUs, serviceId, eventType, details }, index) => ({
    position: index,
    timestamp_us: timestampUs,
    service_id: serviceId,
    event_type: eventType,
    details: JSON.stringify(details),
    correlation_group: groups[known.length + index],
  }));
  const inserted = await connection.query(insertSql, [JSON.stringify(rows)]);
  return inserted.map((row) => row['id'] as number);
}

async function connectedAmong(
  connection: Connection,
  events: readonly { readonly serviceId: string }[],
): Promise<ServicePair[]> {
  const services = [...new Set(events.map(({ serviceId }) => serviceId))];
  if (services.length < 2) return [];
  const list = JSON.stringify(services);
  const rows = await connection.query(pairsSql, [list, list]);
  return rows.map((row) => [row['from_service'] as string, row['to_service'] as string]);
}
