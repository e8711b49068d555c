import type { Connection } from '../duckdb/connection.js';
import { serviceStatuses, type ServiceStatus } from '../schema/tables/services.js';
import {
  optional,
  requireDate,
  requireJsonObject,
  requireName,
  requireOneOf,
  requireText,
  type JsonObject,
} from './check-input.js';

/** What a writer says of a service. */
export interface ServiceInput {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  readonly version?: string;
  readonly agentId: string;
  readonly labels?: JsonObject;
  /** Default now. */
  readonly lastSeen?: Date;
  /** Default 'running'. */
  readonly status?: ServiceStatus;
}

/** The row that a {@link ServiceInput} becomes; last_seen as a Date. */
export interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  readonly version: string | undefined;
  readonly agentId: string;
  readonly labels: string | undefined;
  readonly lastSeen: Date;
  readonly status: ServiceStatus;
}

export function checkService(service: ServiceInput, now: Date): ServiceRow {
  return {
    id: requireName('id', service.id),
    name: requireName('name', service.name),
    appId: requireName('appId', service.appId),
    version: optional(service.version, (value) => requireText('version', value)),
    agentId: requireName('agentId', service.agentId),
    labels: optional(service.labels, (value) => requireJsonObject('labels', value)),
    lastSeen: service.lastSeen ? requireDate('lastSeen', service.lastSeen) : now,
    status: requireOneOf('status', service.status ?? 'running', serviceStatuses),
  };
}

/** Registers the service, or replaces what was known of it. */
export async function writeService(connection: Connection, row: ServiceRow): Promise<void> {
  await connection.run(
    `INSERT INTO services (id, name, app_id, version, agent_id, labels, last_seen, status)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       name = excluded.name, app_id = excluded.app_id, version = excluded.version,
       agent_id = excluded.agent_id, labels = excluded.labels,
       last_seen = excluded.last_seen, status = excluded.status`,
    [row.id, row.name, row.appId, row.version, row.agentId, row.labels, row.lastSeen, row.status],
  );
}

/** A sign of life, checked. */
export interface Heartbeat {
  readonly id: string;
  readonly at: Date;
  readonly status: ServiceStatus;
}

export function checkHeartbeat(
  id: string,
  { at, status }: { readonly at?: Date; readonly status?: ServiceStatus },
  now: Date,
): Heartbeat {
  return {
    id: requireName('id', id),
    at: at === undefined ? now : requireDate('at', at),
    status: requireOneOf('status', status ?? 'running', serviceStatuses),
  };
}

/** @returns whether the service is known */
export async function writeHeartbeat(
  connection: Connection,
  { id, at, status }: Heartbeat,
): Promise<boolean> {
  const changed = await connection.run(
    // A late heartbeat does not make a service look older than it is, and its status is past.
    `UPDATE services SET last_seen = greatest(last_seen, ?),
       status = CASE WHEN last_seen <= ? THEN ? ELSE status END
     WHERE id = ?`,
    [at, at, status, id],
  );
  return changed > 0;
}

/** @returns whether the service was known */
export async function removeService(connection: Connection, id: string): Promise<boolean> {
  return (await connection.run('DELETE FROM services WHERE id = ?', [id])) > 0;
}
