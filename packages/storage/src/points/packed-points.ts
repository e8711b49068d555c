import { writeInt64 } from '../duckdb/int64.js';
import type { ColumnRows, ParquetColumn } from '../parquet/to-parquet.js';
import type { PointColumns } from './point-columns.js';
import type { PointOrder } from './point-order.js';

/** One of the tables that points go to. */
export interface PointTable {
  readonly name: string;
  readonly columns: readonly ParquetColumn[];
  /** Bits of the columns in which NaN means NULL. */
  readonly nullable: number;
}

/** Numbers, histograms, and the buckets of histograms: their columns in the tables' order. */
export const pointTables: readonly PointTable[] = [
  {
    name: 'points',
    columns: [
      { name: 'time', kind: 'timestamp' },
      { name: 'series_id', kind: 'integer' },
      { name: 'start_time', kind: 'timestamp' },
      { name: 'value', kind: 'double' },
    ],
    nullable: 0,
  },
  {
    name: 'histogram_points',
    columns: [
      { name: 'time', kind: 'timestamp' },
      { name: 'series_id', kind: 'integer' },
      { name: 'start_time', kind: 'timestamp' },
      { name: 'count', kind: 'double' },
      { name: 'sum', kind: 'double' },
      { name: 'min', kind: 'double' },
      { name: 'max', kind: 'double' },
      { name: 'scale', kind: 'tinyint' },
    ],
    nullable: 0b0111_0000, // sum, min and max
  },
  {
    name: 'histogram_buckets',
    columns: [
      { name: 'time', kind: 'timestamp' },
      { name: 'series_id', kind: 'integer' },
      { name: 'sign', kind: 'tinyint' },
      { name: 'bucket', kind: 'integer' },
      { name: 'count', kind: 'double' },
    ],
    nullable: 0,
  },
];

/** Rows of one table, each column as DuckDB has it in memory. */
export type PackedRows = ColumnRows;

/** A batch of points as rows of {@link pointTables}: what is written, whichever way it goes. */
export interface PackedPoints {
  /** All of it, to be kept and read again by {@link unpackPoints}. */
  readonly bytes: Uint8Array;
  /** By table. */
  readonly tables: readonly PackedRows[];
  /** Points in it, each counted once. */
  readonly points: number;
  /** Time of the earliest point; Infinity when there is none. µs */
  readonly firstUs: number;
  /** Time of the latest point; -Infinity when there is none. µs */
  readonly lastUs: number;
}

/** Rows of each table as uint32, one unused, then the first and the last time as float64. bytes */
const headerBytes = 32;
const widths = { timestamp: 8, integer: 4, double: 8, tinyint: 1 } as const;

/**
 * Lays out those points that are accepted and whose series has a number, and notes them in the order.
 *
 * @param ids numbers of the batch's series, by position; 0: none
 */
export function packPoints(
  points: PointColumns,
  accept: Uint8Array,
  ids: Int32Array,
  order: PointOrder,
): PackedPoints {
  const isKept = (point: number) => accept[point] === 1 && ids[points.seriesIndex[point]!] !== 0;
  const rows = [0, 0, 0];
  let firstUs = Infinity;
  let lastUs = -Infinity;
  for (let point = 0; point < points.length; point += 1) {
    if (!isKept(point)) continue;
    const isNumber = Number.isNaN(points.count[point]!);
    rows[isNumber ? 0 : 1]! += 1;
    const timeUs = points.timeUs[point]!;
    if (timeUs < firstUs) firstUs = timeUs;
    if (timeUs > lastUs) lastUs = timeUs;
    order.note(ids[points.seriesIndex[point]!]!, timeUs);
  }
  for (let bucket = 0; bucket < points.bucketLength; bucket += 1) {
    if (isKept(points.bucketPoint[bucket]!)) rows[2]! += 1;
  }
  const bytes = new Uint8Array(sizeOf(rows));
  new Uint32Array(bytes.buffer, 0, 3).set(rows);
  new Float64Array(bytes.buffer, 16, 2).set([firstUs, lastUs]);
  const packed = unpackPoints(bytes);
  fillPoints(points, isKept, ids, packed.tables);
  if (rows[2]! > 0) fillBuckets(points, isKept, ids, packed.tables[2]!);
  return packed;
}

/** Reads what {@link packPoints} laid out; the memory is shared. */
export function unpackPoints(bytes: Uint8Array): PackedPoints {
  const { buffer, byteOffset } = bytes;
  const rows = [...new Uint32Array(buffer, byteOffset, 3)];
  const [firstUs, lastUs] = new Float64Array(buffer, byteOffset + 16, 2);
  let at = headerBytes;
  const tables = pointTables.map(({ columns }, table) => ({
    rows: rows[table]!,
    columns: columns.map(({ kind }) => {
      const size = rows[table]! * widths[kind];
      const column = bytes.subarray(at, at + size);
      at += padded(size);
      return column;
    }),
  }));
  return { bytes, tables, points: rows[0]! + rows[1]!, firstUs: firstUs!, lastUs: lastUs! };
}

function sizeOf(rows: readonly number[]): number {
  let size = headerBytes;
  for (const [table, { columns }] of pointTables.entries()) {
    for (const { kind } of columns) size += padded(rows[table]! * widths[kind]);
  }
  return size;
}

/** Each column begins at a multiple of eight, where any type may be read. */
function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function fillPoints(
  points: PointColumns,
  isKept: (point: number) => boolean,
  ids: Int32Array,
  [numbers, histograms]: readonly PackedRows[],
): void {
  const number = views(numbers!);
  const histogram = views(histograms!);
  let n = 0;
  let h = 0;
  for (let point = 0; point < points.length; point += 1) {
    if (!isKept(point)) continue;
    const id = ids[points.seriesIndex[point]!]!;
    const count = points.count[point]!;
    if (Number.isNaN(count)) {
      writeInt64(number.halves[0]!, n, points.timeUs[point]!);
      number.int32[1]![n] = id;
      writeInt64(number.halves[2]!, n, points.startTimeUs[point]!);
      number.float64[3]![n] = points.value[point]!;
      n += 1;
    } else {
      writeInt64(histogram.halves[0]!, h, points.timeUs[point]!);
      histogram.int32[1]![h] = id;
      writeInt64(histogram.halves[2]!, h, points.startTimeUs[point]!);
      histogram.float64[3]![h] = count;
      histogram.float64[4]![h] = points.value[point]!;
      histogram.float64[5]![h] = points.min[point]!;
      histogram.float64[6]![h] = points.max[point]!;
      histogram.int8[7]![h] = points.scale[point]!;
      h += 1;
    }
  }
}

function fillBuckets(
  points: PointColumns,
  isKept: (point: number) => boolean,
  ids: Int32Array,
  buckets: PackedRows,
): void {
  const { halves, int32, int8, float64 } = views(buckets);
  let row = 0;
  for (let bucket = 0; bucket < points.bucketLength; bucket += 1) {
    const point = points.bucketPoint[bucket]!;
    if (!isKept(point)) continue;
    writeInt64(halves[0]!, row, points.timeUs[point]!);
    int32[1]![row] = ids[points.seriesIndex[point]!]!;
    int8[2]![row] = points.bucketSign[bucket]!;
    int32[3]![row] = points.bucketIndex[bucket]!;
    float64[4]![row] = points.bucketCount[bucket]!;
    row += 1;
  }
}

/** The columns' memory as each type that one of them may have. */
function views({ columns }: PackedRows) {
  return {
    halves: columns.map((c) => new Uint32Array(c.buffer, c.byteOffset, c.length >> 2)),
    int32: columns.map((c) => new Int32Array(c.buffer, c.byteOffset, c.length >> 2)),
    float64: columns.map((c) => new Float64Array(c.buffer, c.byteOffset, c.length >> 3)),
    int8: columns.map((c) => new Int8Array(c.buffer, c.byteOffset, c.length)),
  };
}
