import {
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  INTEGER,
  TIMESTAMP,
  TINYINT,
  UBIGINT,
  type DuckDBAppender,
  type DuckDBType,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { Connection } from './connection.js';
import { toStorageError } from './duckdb-error.js';
import { writeInt64 } from './int64.js';

/** Rows in one of DuckDB's vectors. */
const chunkRows = 2048;

const driverTypes = {
  timestamp: TIMESTAMP,
  integer: INTEGER,
  double: DOUBLE,
  tinyint: TINYINT,
  ubigint: UBIGINT,
  boolean: BOOLEAN,
} as const;

export type ColumnKind = keyof typeof driverTypes;

/** Where a row's numbers go: a typed array over the memory of one vector. */
type Items = Float64Array | Int32Array | Int8Array | BigInt64Array | BigUint64Array | Uint8Array;

/** The values of one column. Timestamps are whole numbers of microseconds. */
export type ColumnValues = Float64Array | Int32Array | Int8Array | Uint8Array | BigUint64Array;

/**
 * Appends rows of numbers to a table through the vectors' own memory: no call into the driver per
 * value, which is what appending otherwise spends its time on.
 *
 * Rows become part of the transaction that is open when {@link flush} runs.
 */
export class ColumnAppender {
  readonly #connection: Connection;
  readonly #table: string;
  readonly #kinds: readonly ColumnKind[];
  readonly #types: readonly DuckDBType[];
  #appender: DuckDBAppender | undefined;
  #chunk: DuckDBDataChunk;
  #vectors: DuckDBVector[] = [];
  #items: Items[] = [];
  /** The same memory as bytes. */
  #bytes: Uint8Array[] = [];
  /** The same memory as 32-bit halves, for the 64-bit columns. */
  #halves: (Uint32Array | undefined)[] = [];
  #rows = 0;
  #buffered = false;

  private constructor(connection: Connection, table: string, kinds: readonly ColumnKind[]) {
    this.#connection = connection;
    this.#table = table;
    this.#kinds = kinds;
    this.#types = kinds.map((kind) => driverTypes[kind]);
    this.#chunk = this.#newChunk();
  }

  static async create(
    connection: Connection,
    table: string,
    kinds: readonly ColumnKind[],
  ): Promise<ColumnAppender> {
    const appender = new ColumnAppender(connection, table, kinds);
    await appender.#open();
    return appender;
  }

  /** Opens the driver's appender anew after {@link discard}; cheap when it is open. */
  async ready(): Promise<void> {
    if (!this.#appender) await this.#open();
  }

  /** Adds a row, one number per column; a NaN in a nullable column is stored as NULL by `nullable`. */
  append(values: readonly number[], nullable = 0): void {
    if (this.#rows === chunkRows) this.#emit();
    const row = this.#rows;
    for (let column = 0; column < values.length; column += 1) {
      const value = values[column]!;
      const halves = this.#halves[column];
      if (halves) writeInt64(halves, row, value);
      else (this.#items[column] as Float64Array)[row] = value;
      if (nullable & (1 << column)) this.#setValid(column, row, !Number.isNaN(value));
    }
    this.#rows += 1;
    this.#buffered = true;
  }

  /** Adds the rows with these indexes, all columns of them. For `ubigint` a BigUint64Array. */
  appendColumns(columns: readonly ColumnValues[], rows: Uint32Array): void {
    for (let from = 0; from < rows.length;) {
      if (this.#rows === chunkRows) this.#emit();
      const some = rows.subarray(from, from + chunkRows - this.#rows);
      columns.forEach((values, column) => this.#fill(column, values, some));
      this.#rows += some.length;
      from += some.length;
      this.#buffered = true;
    }
  }

  /**
   * Adds rows from columns that lie in memory as DuckDB has them: times as int64, all else as its type
   * says. A NaN in a column of doubles that is `nullable`, by its bit, is stored as NULL.
   */
  appendPacked(columns: readonly Uint8Array[], rows: number, nullable = 0): void {
    for (let from = 0; from < rows;) {
      if (this.#rows === chunkRows) this.#emit();
      const some = Math.min(rows - from, chunkRows - this.#rows);
      for (let column = 0; column < columns.length; column += 1) {
        const width = columns[column]!.length / rows;
        const part = columns[column]!.subarray(from * width, (from + some) * width);
        this.#bytes[column]!.set(part, this.#rows * width);
        if (nullable & (1 << column)) this.#markNulls(column, this.#rows, some);
      }
      this.#rows += some;
      from += some;
      this.#buffered = true;
    }
  }

  /** Hands all rows to the open transaction. Synchronous: about 5 ms per 10,000 rows. */
  flush(): void {
    if (!this.#buffered) return;
    try {
      this.#emit();
      this.#appender!.flushSync();
      this.#buffered = false;
    } catch (reason) {
      throw toStorageError(reason, `append to ${this.#table}`);
    }
  }

  /** Forgets rows that were not flushed, and an appender that may have failed. */
  discard(): void {
    if (!this.#buffered) return;
    this.#rows = 0;
    this.#buffered = false;
    this.#appender?.clear();
    this.close();
    this.#chunk = this.#newChunk();
  }

  close(): void {
    this.#appender?.closeSync();
    this.#appender = undefined;
  }

  async #open(): Promise<void> {
    try {
      this.#appender = await this.#connection.driver.createAppender(this.#table);
    } catch (reason) {
      throw toStorageError(reason, `append to ${this.#table}`);
    }
  }

  #emit(): void {
    if (this.#rows === 0) return;
    for (const vector of this.#vectors) vector.flush();
    this.#chunk.rowCount = this.#rows;
    this.#appender!.appendDataChunk(this.#chunk);
    // Used again: its memory is outside of what the garbage collector knows of.
    this.#chunk.reset();
    this.#rows = 0;
  }

  #newChunk(): DuckDBDataChunk {
    const chunk = DuckDBDataChunk.create(this.#types, chunkRows);
    this.#rows = 0;
    this.#vectors = this.#kinds.map((_, column) => chunk.getColumnVector(column));
    this.#items = this.#vectors.map(itemsOf);
    this.#bytes = this.#items.map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    );
    this.#halves = this.#items.map((items, column) =>
      this.#kinds[column] === 'timestamp' || this.#kinds[column] === 'ubigint'
        ? new Uint32Array(items.buffer, items.byteOffset, items.length * 2)
        : undefined,
    );
    return chunk;
  }

  #fill(column: number, values: ColumnValues, rows: Uint32Array): void {
    const at = this.#rows;
    const halves = this.#halves[column];
    if (values instanceof BigUint64Array) {
      // As halves: a BigInt per value would cost more than all else.
      const from = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
      for (let i = 0; i < rows.length; i += 1) {
        halves![(at + i) * 2] = from[rows[i]! * 2]!;
        halves![(at + i) * 2 + 1] = from[rows[i]! * 2 + 1]!;
      }
    } else if (halves) {
      for (let i = 0; i < rows.length; i += 1) writeInt64(halves, at + i, values[rows[i]!]!);
    } else {
      const items = this.#items[column] as Float64Array;
      for (let i = 0; i < rows.length; i += 1) items[at + i] = values[rows[i]!]!;
    }
  }

  #markNulls(column: number, from: number, rows: number): void {
    const items = this.#items[column] as Float64Array;
    for (let row = from; row < from + rows; row += 1) {
      this.#setValid(column, row, !Number.isNaN(items[row]!));
    }
  }

  #setValid(column: number, row: number, valid: boolean): void {
    const { validity } = this.#vectors[column] as unknown as {
      validity: { setItemValid(row: number, valid: boolean): void };
    };
    validity.setItemValid(row, valid);
  }
}

/** Booleans are the one kind that the driver gives as a view. */
function itemsOf(vector: DuckDBVector): Items {
  const { items, dataView } = vector as unknown as { items?: Items; dataView: DataView };
  return items ?? new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength);
}
