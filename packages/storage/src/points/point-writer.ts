import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import type { DirtyWindows } from './dirty-windows.js';
import type { PointColumns } from './point-columns.js';
import type { PointOrder } from './point-order.js';
import type { RefusedSeries, SeriesDictionary } from './series-dictionary.js';

/** Bits of the nullable columns of histogram_points: sum, min and max. */
const nullableHistogramColumns = 0b0111_0000;

/** Points whose series got no number. */
export interface RefusedPoints extends RefusedSeries {
  readonly count: number;
}

/** Puts columns of points into the open transaction. */
export class PointWriter {
  readonly #numbers: ColumnAppender;
  readonly #histograms: ColumnAppender;
  readonly #buckets: ColumnAppender;
  readonly #series: SeriesDictionary;
  readonly #windows: DirtyWindows;
  readonly #order: PointOrder;

  private constructor(
    appenders: readonly [ColumnAppender, ColumnAppender, ColumnAppender],
    series: SeriesDictionary,
    windows: DirtyWindows,
    order: PointOrder,
  ) {
    [this.#numbers, this.#histograms, this.#buckets] = appenders;
    this.#series = series;
    this.#windows = windows;
    this.#order = order;
  }

  static async create(
    connection: Connection,
    series: SeriesDictionary,
    windows: DirtyWindows,
    order: PointOrder,
  ): Promise<PointWriter> {
    return new PointWriter(
      [
        await ColumnAppender.create(connection, 'points', [
          'timestamp',
          'integer',
          'timestamp',
          'double',
        ]),
        await ColumnAppender.create(connection, 'histogram_points', [
          'timestamp',
          'integer',
          'timestamp',
          'double',
          'double',
          'double',
          'double',
          'tinyint',
        ]),
        await ColumnAppender.create(connection, 'histogram_buckets', [
          'timestamp',
          'integer',
          'tinyint',
          'integer',
          'double',
        ]),
      ],
      series,
      windows,
      order,
    );
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
    await Promise.all([this.#numbers.ready(), this.#histograms.ready(), this.#buckets.ready()]);
    const ids = this.#idsOf(points, accept);
    const order = this.#order;
    let refused = 0;
    const numbers = [0, 0, 0, 0];
    const histogram = [0, 0, 0, 0, 0, 0, 0, 0];
    let firstUs = Infinity;
    let lastUs = -Infinity;
    for (let index = 0; index < points.length; index += 1) {
      if (accept[index] === 0) continue;
      const timeUs = points.timeUs[index]!;
      const id = ids[points.seriesIndex[index]!]!;
      if (id === 0) {
        refused += 1;
        continue;
      }
      if (timeUs < firstUs) firstUs = timeUs;
      if (timeUs > lastUs) lastUs = timeUs;
      order.note(id, timeUs);
      const count = points.count[index]!;
      if (count !== count) {
        numbers[0] = timeUs;
        numbers[1] = id;
        numbers[2] = points.startTimeUs[index]!;
        numbers[3] = points.value[index]!;
        this.#numbers.append(numbers);
      } else {
        histogram[0] = timeUs;
        histogram[1] = id;
        histogram[2] = points.startTimeUs[index]!;
        histogram[3] = count;
        histogram[4] = points.value[index]!;
        histogram[5] = points.min[index]!;
        histogram[6] = points.max[index]!;
        histogram[7] = points.scale[index]!;
        this.#histograms.append(histogram, nullableHistogramColumns);
      }
    }
    this.#writeBuckets(points, accept, ids);
    if (firstUs <= lastUs) this.#windows.touch(firstUs, lastUs);
    await this.#series.flush(connection, now);
    await this.#windows.flush(connection);
    const refusedSeries = this.#series.takeRefused();
    return refusedSeries && { ...refusedSeries, count: refused };
  }

  flush(): void {
    this.#numbers.flush();
    this.#histograms.flush();
    this.#buckets.flush();
  }

  committed(): void {
    this.#series.committed();
    this.#windows.committed();
  }

  rolledBack(): void {
    this.#numbers.discard();
    this.#histograms.discard();
    this.#buckets.discard();
    this.#series.rolledBack();
    this.#windows.rolledBack();
  }

  close(): void {
    this.#numbers.close();
    this.#histograms.close();
    this.#buckets.close();
  }

  /** Numbers of the batch's series, by position; 0 for those that no accepted point names or that get none. */
  #idsOf(points: PointColumns, accept: Uint8Array): Int32Array {
    const ids = new Int32Array(points.series.length);
    for (let index = 0; index < points.length; index += 1) {
      const position = points.seriesIndex[index]!;
      if (accept[index] === 1 && ids[position] === 0) {
        ids[position] = this.#series.idOf(points.series[position]!);
      }
    }
    return ids;
  }

  #writeBuckets(points: PointColumns, accept: Uint8Array, ids: Int32Array): void {
    const bucket = [0, 0, 0, 0, 0];
    for (let index = 0; index < points.bucketLength; index += 1) {
      const point = points.bucketPoint[index]!;
      const id = ids[points.seriesIndex[point]!]!;
      if (accept[point] === 0 || id === 0) continue;
      bucket[0] = points.timeUs[point]!;
      bucket[1] = id;
      bucket[2] = points.bucketSign[index]!;
      bucket[3] = points.bucketIndex[index]!;
      bucket[4] = points.bucketCount[index]!;
      this.#buckets.append(bucket);
    }
  }
}
