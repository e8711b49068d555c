import type { Row } from '../duckdb/connection.js';
import type { ServiceConnection } from '../schema/tables/service-connections.js';
import type { Service } from '../schema/tables/services.js';
import type { ReaderPool } from './reader-pool.js';
import { readServices } from './services.js';

/** The graph of services: who is there, and who talks to whom. */
export interface Topology {
  readonly services: readonly Service[];
  /** An end that is not among `services` is something that no telemetry came from. */
  readonly connections: readonly ServiceConnection[];
}

export async function readTopology(readers: ReaderPool): Promise<Topology> {
  const [services, rows] = await Promise.all([
    readServices(readers, { limit: 100_000 }),
    readers.query('SELECT * FROM service_connections ORDER BY from_service, to_service, protocol'),
  ]);
  return { services, connections: rows.map(toConnection) };
}

function toConnection(row: Row): ServiceConnection {
  return {
    fromService: row['from_service'],
    toService: row['to_service'],
    protocol: row['protocol'],
    firstObserved: row['first_observed'],
    lastObserved: row['last_observed'],
    connectionCount: row['connection_count'],
  } as ServiceConnection;
}
