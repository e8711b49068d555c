import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
} from '@duckdb/node-api';
import { toStorageError } from './duckdb-error.js';
import { readRows, type Row } from './read-rows.js';
import { duckDBTypeOf, toDuckDBValue, type SqlParameter } from './values.js';

export type { Row } from './read-rows.js';

/**
 * One connection of ours: statements in, plain rows out, every error translated.
 *
 * Statements with parameters are prepared once and kept: our own are few and run often. Those
 * without are planned anew each time, since DuckDB keeps their first plan together with what it
 * knew of the tables then: of a table that was empty at that time it reads garbage later.
 */
export class Connection {
  readonly #prepared = new Map<string, DuckDBPreparedStatement>();

  constructor(
    /** The driver's connection, for the appender and the streaming reader. @internal */
    readonly driver: DuckDBConnection,
  ) {}

  /** Runs statements that take no parameters and give no rows; several may be joined by `;`. */
  async execute(sql: string): Promise<void> {
    try {
      await this.driver.run(sql);
    } catch (reason) {
      throw toStorageError(reason, `run ${firstLine(sql)}`);
    }
  }

  /** Runs one statement with bound parameters and reads all of its rows. */
  async query(sql: string, parameters: readonly SqlParameter[] = []): Promise<Row[]> {
    try {
      return readRows(await this.#run(sql, parameters));
    } catch (reason) {
      throw toStorageError(reason, `run ${firstLine(sql)}`);
    }
  }

  /** Runs one writing statement with bound parameters. @returns rows changed */
  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<number> {
    try {
      return (await this.#run(sql, parameters)).rowsChanged;
    } catch (reason) {
      throw toStorageError(reason, `run ${firstLine(sql)}`);
    }
  }

  /** Stops the statement that is running here; it then fails with `STORAGE_CANCELLED`. */
  interrupt(): void {
    this.driver.interrupt();
  }

  close(): void {
    for (const statement of this.#prepared.values()) statement.destroySync();
    this.#prepared.clear();
    this.driver.closeSync();
  }

  async #run(sql: string, parameters: readonly SqlParameter[]): Promise<DuckDBMaterializedResult> {
    if (parameters.length === 0) return this.driver.run(sql);
    const statement = await this.#prepare(sql);
    statement.bind(parameters.map(toDuckDBValue), parameters.map(duckDBTypeOf));
    return statement.run();
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = await this.driver.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function firstLine(sql: string): string {
  const line = sql.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
