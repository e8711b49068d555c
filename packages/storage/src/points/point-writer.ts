import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import type { DirtyWindows } from './dirty-windows.js';
import { packPoints, pointTables, type PackedPoints } from './packed-points.js';
import type { PointColumns } from './point-columns.js';
import type { PointOrder } from './point-order.js';
import type { RefusedSeries, SeriesDictionary } from './series-dictionary.js';

/** Points whose series got no number. */
export interface RefusedPoints extends RefusedSeries {
  readonly count: number;
}

interface PointWriterParts {
  readonly series: SeriesDictionary;
  readonly windows: DirtyWindows;
  readonly order: PointOrder;
}

/** Puts points into the open transaction. */
export class PointWriter {
  /** By table. */
  readonly #appenders: readonly ColumnAppender[];
  readonly #parts: PointWriterParts;

  private constructor(appenders: readonly ColumnAppender[], parts: PointWriterParts) {
    this.#appenders = appenders;
    this.#parts = parts;
  }

  static async create(connection: Connection, parts: PointWriterParts): Promise<PointWriter> {
    const appenders: ColumnAppender[] = [];
    for (const { name, columns } of pointTables) {
      const kinds = columns.map(({ kind }) => kind);
      appenders.push(await ColumnAppender.create(connection, name, kinds));
    }
    return new PointWriter(appenders, parts);
  }

  /**
   * Buffers the points that `accept` lets through; they reach the file with {@link flush}.
   *
   * @returns what was left out because its series would have been one too many
   */
  async write(
    connection: Connection,
    points: PointColumns,
    accept: Uint8Array,
    now: Date,
  ): Promise<RefusedPoints | undefined> {
    const { series, order } = this.#parts;
    const ids = idsOf(points, accept, series);
    const packed = packPoints(points, accept, ids, order);
    await series.flush(connection, now);
    await this.writePacked(connection, [packed]);
    const refused = series.takeRefused();
    if (!refused) return undefined;
    let accepted = 0;
    for (const one of accept) accepted += one;
    return { ...refused, count: accepted - packed.points };
  }

  /** Buffers points of series that the file knows; they reach it with {@link flush}. */
  async writePacked(connection: Connection, batches: readonly PackedPoints[]): Promise<void> {
    await Promise.all(this.#appenders.map((appender) => appender.ready()));
    for (const { tables } of batches) {
      for (const [table, { columns, rows }] of tables.entries()) {
        this.#appenders[table]!.appendPacked(columns, rows, pointTables[table]!.nullable);
      }
    }
    await this.noteWindows(connection, batches);
  }

  /** Puts the windows of points on the summariser's work list. */
  async noteWindows(connection: Connection, batches: readonly PackedPoints[]): Promise<void> {
    for (const { firstUs, lastUs } of batches) {
      if (firstUs <= lastUs) this.#parts.windows.touch(firstUs, lastUs);
    }
    await this.#parts.windows.flush(connection);
  }

  /**
   * Lays out points whose series the file knows, all of them.
   *
   * @param ids numbers of the batch's series, by position; 0: not known
   * @returns undefined when one of them is new
   */
  packKnown(points: PointColumns, accept: Uint8Array, ids: Int32Array): PackedPoints | undefined {
    const { length, seriesIndex } = points;
    for (let index = 0; index < length; index += 1) {
      if (accept[index] === 1 && ids[seriesIndex[index]!] === 0) return undefined;
    }
    return packPoints(points, accept, ids, this.#parts.order);
  }

  flush(): void {
    for (const appender of this.#appenders) appender.flush();
  }

  committed(): void {
    this.#parts.series.committed();
    this.#parts.windows.committed();
  }

  rolledBack(): void {
    for (const appender of this.#appenders) appender.discard();
    this.#parts.series.rolledBack();
    this.#parts.windows.rolledBack();
  }

  close(): void {
    for (const appender of this.#appenders) appender.close();
  }
}

/** Numbers of the batch's series, by position; 0 for those that no accepted point names or that get none. */
function idsOf(points: PointColumns, accept: Uint8Array, dictionary: SeriesDictionary): Int32Array {
  const ids = new Int32Array(points.series.length);
  for (let index = 0; index < points.length; index += 1) {
    const position = points.seriesIndex[index]!;
    if (accept[index] === 1 && ids[position] === 0) {
      ids[position] = dictionary.idOf(points.series[position]!);
    }
  }
  return ids;
}
