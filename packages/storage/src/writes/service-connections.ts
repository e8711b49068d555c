import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { addReportedSql } from '../spans/connections-sql.js';
import { requireCount, requireDate, requireName } from './check-input.js';

/** That one service was seen talking to another. */
export interface ConnectionInput {
  readonly fromService: string;
  readonly toService: string;
  /** http, grpc, sql, … */
  readonly protocol: string;
  /** Default now. */
  readonly observedAt?: Date;
  /** How many connections were seen; default 1. */
  readonly count?: number;
}

const mostConnections = 2_147_483_647;

const inputRows = fromJsonRows({
  from_service: 'VARCHAR',
  to_service: 'VARCHAR',
  protocol: 'VARCHAR',
  first_us: 'BIGINT',
  last_us: 'BIGINT',
  count: 'INTEGER',
});

const upsertSql = `
INSERT INTO service_connections
SELECT from_service, to_service, protocol,
  make_timestamp(first_us), make_timestamp(last_us), count
FROM ${inputRows}
ON CONFLICT (from_service, to_service, protocol) DO UPDATE SET
  first_observed = least(first_observed, excluded.first_observed),
  last_observed = greatest(last_observed, excluded.last_observed),
  connection_count =
    least(connection_count::BIGINT + excluded.connection_count, ${mostConnections})::INTEGER`;

/** One row per edge, observations of the same edge added up, as one JSON parameter. */
export function checkConnections(observed: readonly ConnectionInput[], now: Date): string {
  const edges = new Map<string, { first_us: number; last_us: number; count: number }>();
  observed.forEach((one, index) => {
    const field = (name: string) => (observed.length === 1 ? name : `[${index}].${name}`);
    const edge = {
      from_service: requireName(field('fromService'), one.fromService),
      to_service: requireName(field('toService'), one.toService),
      protocol: requireName(field('protocol'), one.protocol),
    };
    const at = one.observedAt ? requireDate(field('observedAt'), one.observedAt) : now;
    const us = at.getTime() * 1000;
    const count = requireCount(field('count'), one.count ?? 1, 1);
    const key = [edge.from_service, edge.to_service, edge.protocol].join('\0');
    const known = edges.get(key);
    edges.set(key, {
      ...edge,
      first_us: Math.min(us, known?.first_us ?? us),
      last_us: Math.max(us, known?.last_us ?? us),
      count: Math.min(count + (known?.count ?? 0), mostConnections),
    });
  });
  return JSON.stringify([...edges.values()]);
}

export async function writeConnections(connection: Connection, rows: string): Promise<void> {
  await connection.run(addReportedSql(inputRows), [rows]);
  await connection.run(upsertSql, [rows]);
}
