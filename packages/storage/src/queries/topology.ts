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

/**
 * Columns as JSON, one text each: what reading many texts takes its time for is each of them, not
 * their length. Times are µs.
 */
const connectionsSql = `
SELECT to_json(list(from_service)) AS "fromService", to_json(list(to_service)) AS "toService",
  to_json(list(protocol)) AS protocol, to_json(list(epoch_us(first_observed))) AS "firstObserved",
  to_json(list(epoch_us(last_observed))) AS "lastObserved",
  to_json(list(connection_count)) AS "connectionCount"
FROM service_connections`;

export async function readTopology(readers: ReaderPool): Promise<Topology> {
  const [services, [columns]] = await Promise.all([
    readServices(readers, { limit: 100_000 }),
    readers.query(connectionsSql),
  ]);
  return { services, connections: toConnections(columns!).sort(byNames) };
}

function toConnections(columns: Row): ServiceConnection[] {
  const list = <T>(name: keyof ServiceConnection) =>
    JSON.parse((columns[name] as string | undefined) ?? '[]') as T[];
  const toService = list<string>('toService');
  const protocol = list<string>('protocol');
  const firstUs = list<number>('firstObserved');
  const lastUs = list<number>('lastObserved');
  const counts = list<number>('connectionCount');
  return list<string>('fromService').map((fromService, at) => ({
    fromService,
    toService: toService[at]!,
    protocol: protocol[at]!,
    firstObserved: new Date(Math.trunc(firstUs[at]! / 1000)),
    lastObserved: new Date(Math.trunc(lastUs[at]! / 1000)),
    connectionCount: counts[at]!,
  }));
}

function byNames(a: ServiceConnection, b: ServiceConnection): number {
  return (
    compare(a.fromService, b.fromService) ||
    compare(a.toService, b.toService) ||
    compare(a.protocol, b.protocol)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
