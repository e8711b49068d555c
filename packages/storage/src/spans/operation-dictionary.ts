import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { SpanOperation } from './span-columns.js';

/** What names and peers beyond the limits go by. */
export const otherName = 'other';

/**
 * Names per service and kind, and peers and operations per service, among the spans of the last hours.
 * A sender that puts ids into names must not make a metric of each.
 */
const maxNames = 200;
const maxPeers = 500;
const maxOperations = 5_000;
/** UTF-16 units. A metric is called by the name, with something before it. */
const maxNameLength = 400;

const insertSql = `
INSERT INTO span_operations BY NAME
SELECT *, ?::TIMESTAMP AS first_seen
FROM ${fromJsonRows({
  operation_id: 'INTEGER',
  service_id: 'VARCHAR',
  name: 'VARCHAR',
  kind: 'VARCHAR',
  protocol: 'VARCHAR',
  peer: 'VARCHAR',
})}`;

/** What is known of one service. */
interface KnownService {
  /** By kind. */
  readonly names: Map<string, Set<string>>;
  readonly peers: Set<string>;
  operations: number;
}

/**
 * Numbers for operations: all of them in memory, those of the open transaction apart, so that a
 * rollback leaves no number that the file does not know.
 */
export class OperationDictionary {
  #known = new Map<string, { readonly id: number; readonly operation: SpanOperation }>();
  #added = new Map<string, { readonly id: number; readonly operation: SpanOperation }>();
  #services = new Map<string, KnownService>();
  #removed = new Set<number>();
  #written = 0;
  #nextId = 1;

  async load(connection: Connection): Promise<void> {
    for (const row of await connection.query('SELECT * FROM span_operations')) {
      const id = row['operation_id'] as number;
      const operation = {
        serviceId: row['service_id'],
        name: row['name'],
        kind: row['kind'],
        protocol: row['protocol'],
        peer: row['peer'],
      } as SpanOperation;
      this.#known.set(keyOf(operation), { id, operation });
      this.#nextId = Math.max(this.#nextId, id + 1);
    }
    this.#countServices();
  }

  get size(): number {
    return this.#known.size;
  }

  /** The operation's number; a new one when it was never seen, or that of `other`. */
  idOf(operation: SpanOperation): number {
    const known = this.#find(keyOf(operation));
    if (known !== undefined) return known;
    const bounded = this.#bound(operation);
    const key = keyOf(bounded);
    const alike = this.#find(key);
    if (alike !== undefined) return alike;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#added.set(key, { id, operation: bounded });
    this.#count(bounded);
    return id;
  }

  /** Writes the operations added since the last call into the open transaction. */
  async flush(connection: Connection, now: Date): Promise<void> {
    const fresh = [...this.#added.values()].slice(this.#written);
    if (fresh.length === 0) return;
    const rows = fresh.map(({ id, operation }) => ({
      operation_id: id,
      service_id: operation.serviceId,
      name: operation.name,
      kind: operation.kind,
      protocol: operation.protocol,
      peer: operation.peer,
    }));
    await connection.run(insertSql, [now, JSON.stringify(rows)]);
    this.#written = this.#added.size;
  }

  /** Forgets operations that no span has any more, in the open transaction. */
  async removeUnused(connection: Connection): Promise<void> {
    const rows = await connection.query(
      `DELETE FROM span_operations
       WHERE operation_id NOT IN (SELECT operation_id FROM spans)
       RETURNING operation_id`,
    );
    for (const row of rows) this.#removed.add(row['operation_id'] as number);
  }

  committed(): void {
    for (const [key, entry] of this.#added) this.#known.set(key, entry);
    if (this.#removed.size > 0) {
      for (const [key, { id }] of this.#known) if (this.#removed.has(id)) this.#known.delete(key);
    }
    const isSmaller = this.#removed.size > 0;
    this.#forget();
    if (isSmaller) this.#countServices();
  }

  rolledBack(): void {
    // Numbers are never reused: another rolled-back group may have handed them out already.
    const hadAdded = this.#added.size > 0;
    this.#forget();
    if (hadAdded) this.#countServices();
  }

  #find(key: string): number | undefined {
    return (this.#known.get(key) ?? this.#added.get(key))?.id;
  }

  #bound(operation: SpanOperation): SpanOperation {
    const service = this.#serviceOf(operation.serviceId);
    const isFull = service.operations >= maxOperations;
    const hasRoom = (known: ReadonlySet<string> | undefined, text: string, most: number) =>
      !isFull && text.length <= maxNameLength && (known?.has(text) || (known?.size ?? 0) < most);
    const { kind, name, peer, protocol } = operation;
    return {
      ...operation,
      name: hasRoom(service.names.get(kind), name, maxNames) ? name : otherName,
      peer: peer === '' || hasRoom(service.peers, peer, maxPeers) ? peer : otherName,
      protocol: isFull || protocol.length > maxNameLength ? '' : protocol,
    };
  }

  #serviceOf(serviceId: string): KnownService {
    let service = this.#services.get(serviceId);
    if (service === undefined) {
      service = { names: new Map(), peers: new Set(), operations: 0 };
      this.#services.set(serviceId, service);
    }
    return service;
  }

  #count({ serviceId, kind, name, peer }: SpanOperation): void {
    const service = this.#serviceOf(serviceId);
    service.names.set(kind, (service.names.get(kind) ?? new Set<string>()).add(name));
    service.peers.add(peer);
    service.operations += 1;
  }

  #countServices(): void {
    this.#services = new Map();
    for (const { operation } of this.#known.values()) this.#count(operation);
  }

  #forget(): void {
    this.#added = new Map();
    this.#removed = new Set();
    this.#written = 0;
  }
}

function keyOf({ serviceId, name, kind, protocol, peer }: SpanOperation): string {
  return [serviceId, name, kind, protocol, peer].join('\0');
}
