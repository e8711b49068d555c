import type { Row } from '../duckdb/connection.js';
import type { Service, ServiceStatus } from '../schema/tables/services.js';
import { parseJsonObject, present, requireLimit, whereOf } from './conditions.js';
import type { ReaderPool } from './reader-pool.js';

export interface ListServicesFilter {
  readonly status?: ServiceStatus | undefined;
  /** Default 1000. */
  readonly limit?: number | undefined;
}

export async function readServices(
  readers: ReaderPool,
  filter: ListServicesFilter,
): Promise<Service[]> {
  const { sql, parameters } = whereOf([['status = ?', filter.status]]);
  const rows = await readers.query(`SELECT * FROM services ${sql} ORDER BY id LIMIT ?`, [
    ...parameters,
    requireLimit(filter.limit),
  ]);
  return rows.map(toService);
}

export async function readService(readers: ReaderPool, id: string): Promise<Service | undefined> {
  const [row] = await readers.query('SELECT * FROM services WHERE id = ?', [id]);
  return row && toService(row);
}

function toService(row: Row): Service {
  return present({
    id: row['id'],
    name: row['name'],
    appId: row['app_id'],
    version: row['version'],
    agentId: row['agent_id'],
    labels: parseJsonObject(row['labels']),
    lastSeen: row['last_seen'],
    status: row['status'],
  }) as Service;
}
