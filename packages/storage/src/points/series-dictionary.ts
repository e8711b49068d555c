import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { SeriesDescriptor } from './point-columns.js';

const insertSql = `
INSERT INTO series BY NAME
SELECT *, ?::TIMESTAMP AS first_seen
FROM ${fromJsonRows({
  series_id: 'INTEGER',
  series_key: 'VARCHAR',
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  kind: 'VARCHAR',
  unit: 'VARCHAR',
  temporality: 'VARCHAR',
  monotonic: 'BOOLEAN',
  attributes: 'VARCHAR',
  resource: 'VARCHAR',
  scope: 'VARCHAR',
  bounds: 'DOUBLE[]',
})}`;

/**
 * Numbers for series: all of them in memory, those of the open transaction apart, so that a
 * rollback leaves no number that the file does not know.
 */
export class SeriesDictionary {
  readonly #known = new Map<string, number>();
  #added = new Map<string, { id: number; series: SeriesDescriptor }>();
  #written = 0;
  #nextId = 1;

  async load(connection: Connection): Promise<void> {
    for (const row of await connection.query('SELECT series_key, series_id FROM series')) {
      const id = row['series_id'] as number;
      this.#known.set(row['series_key'] as string, id);
      this.#nextId = Math.max(this.#nextId, id + 1);
    }
  }

  get size(): number {
    return this.#known.size;
  }

  /** The series' number; a new one when it was never seen. */
  idOf(series: SeriesDescriptor): number {
    const known = this.#known.get(series.key) ?? this.#added.get(series.key)?.id;
    if (known !== undefined) return known;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#added.set(series.key, { id, series });
    return id;
  }

  /** Writes the series added since the last call into the open transaction. */
  async flush(connection: Connection, now: Date): Promise<void> {
    const fresh = [...this.#added.values()].slice(this.#written);
    if (fresh.length === 0) return;
    await connection.run(insertSql, [
      now,
      JSON.stringify(fresh.map(({ id, series }) => ({ series_id: id, ...toRow(series) }))),
    ]);
    this.#written = this.#added.size;
  }

  committed(): void {
    for (const [key, { id }] of this.#added) this.#known.set(key, id);
    this.#forget();
  }

  rolledBack(): void {
    // Numbers are never reused: another rolled-back group may have handed them out already.
    this.#forget();
  }

  #forget(): void {
    this.#added = new Map();
    this.#written = 0;
  }
}

function toRow(series: SeriesDescriptor) {
  return {
    series_key: series.key,
    service_id: series.serviceId,
    metric_name: series.metricName,
    kind: series.kind,
    unit: series.unit,
    temporality: series.temporality,
    monotonic: series.monotonic,
    attributes: series.attributes,
    resource: series.resource,
    scope: series.scope,
    bounds: series.bounds,
  };
}
