import { i32, i64, list, struct, text, type ThriftValue } from './thrift.js';

export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'timestamp' | 'integer' | 'double' | 'tinyint';
}

/** Rows, each column as its numbers lie in memory. Timestamps: int64, in microseconds. */
export interface ColumnRows {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
}

/** Some rows of one batch. */
interface Slice {
  readonly batch: ColumnRows;
  readonly from: number;
  readonly rows: number;
}

/** Where the pages of one column of a row group lie in the file. bytes */
interface Chunk {
  readonly offset: number;
  readonly size: number;
}

interface RowGroup {
  readonly rows: number;
  /** By column. */
  readonly chunks: readonly Chunk[];
}

/** Rows in one of DuckDB's row groups: groups of as many are written by it whole, each by one thread. */
const rowsPerGroup = 122_880;

const magic = Buffer.from('PAR1');
const int32 = 1;
const [plain, rle] = [0, 3];
const required = 0;
const uncompressed = 0;
const dataPage = 0;

/** Types of Parquet: how a value is stored, and what it means where that does not say it. */
const types = {
  timestamp: { physical: 2, converted: 10 },
  integer: { physical: int32 },
  double: { physical: 5 },
  tinyint: { physical: int32, converted: 15 },
} as const;

/**
 * Lays rows out as a Parquet file: uncompressed, without NULLs. Their columns become its pages as they are,
 * without being copied: Parquet's plain encoding is how numbers lie in memory.
 *
 * @returns the file's parts, in order
 * Source: https://parquet.apache.org/docs/file-format/
 */
export function toParquet(
  columns: readonly ParquetColumn[],
  batches: readonly ColumnRows[],
): Uint8Array[] {
  const parts: Uint8Array[] = [magic];
  let end = magic.length;
  const add = (part: Uint8Array) => {
    parts.push(part);
    end += part.length;
  };
  const headers = new PageHeaders();
  const groups: RowGroup[] = [];
  for (const slices of groupsOf(batches)) {
    const chunks = columns.map(({ kind }, column) => {
      const offset = end;
      for (const slice of slices) {
        const page = pageOf(slice, column, kind);
        add(headers.of(slice.rows, page.length));
        add(page);
      }
      return { offset, size: end - offset };
    });
    groups.push({ rows: slices.reduce((sum, { rows }) => sum + rows, 0), chunks });
  }
  const footer = Buffer.from(fileMetadata(columns, groups).bytes);
  const footerLength = Buffer.alloc(4);
  footerLength.writeUInt32LE(footer.length);
  parts.push(footer, footerLength, magic);
  return parts;
}

/** Cuts the rows of all batches, in their order, into row groups. */
function groupsOf(batches: readonly ColumnRows[]): Slice[][] {
  const groups: Slice[][] = [];
  let room = 0;
  for (const batch of batches) {
    for (let from = 0; from < batch.rows;) {
      if (room === 0) {
        groups.push([]);
        room = rowsPerGroup;
      }
      const rows = Math.min(batch.rows - from, room);
      groups.at(-1)!.push({ batch, from, rows });
      from += rows;
      room -= rows;
    }
  }
  return groups;
}

function pageOf(
  { batch, from, rows }: Slice,
  column: number,
  kind: ParquetColumn['kind'],
): Uint8Array {
  const values = batch.columns[column]!;
  const width = values.length / batch.rows;
  const page = values.subarray(from * width, (from + rows) * width);
  return kind === 'tinyint' ? widened(page) : page;
}

/** Parquet knows no number of one byte. */
function widened(values: Uint8Array): Uint8Array {
  const wide = new Int32Array(values.length);
  wide.set(new Int8Array(values.buffer, values.byteOffset, values.length));
  return new Uint8Array(wide.buffer);
}

/** Pages of the same size have the same header, and most pages of a file are of few sizes. */
class PageHeaders {
  readonly #known = new Map<string, Uint8Array>();

  of(rows: number, size: number): Uint8Array {
    const key = `${rows} ${size}`;
    let header = this.#known.get(key);
    if (!header) {
      header = Buffer.from(pageHeader(rows, size).bytes);
      this.#known.set(key, header);
    }
    return header;
  }
}

function pageHeader(rows: number, size: number): ThriftValue {
  return struct({
    1: i32(dataPage),
    2: i32(size),
    3: i32(size),
    // Of which values are there and which are repeated nothing is written, all being required.
    5: struct({ 1: i32(rows), 2: i32(plain), 3: i32(rle), 4: i32(rle) }),
  });
}

function fileMetadata(columns: readonly ParquetColumn[], groups: readonly RowGroup[]): ThriftValue {
  const root = struct({ 4: text('rows'), 5: i32(columns.length) });
  return struct({
    1: i32(1), // the format's version
    2: list([root, ...columns.map(schemaElement)]),
    3: i64(groups.reduce((sum, { rows }) => sum + rows, 0)),
    4: list(groups.map((group) => rowGroup(columns, group))),
  });
}

function schemaElement({ name, kind }: ParquetColumn): ThriftValue {
  const type: { readonly physical: number; readonly converted?: number } = types[kind];
  return struct({
    1: i32(type.physical),
    3: i32(required),
    4: text(name),
    ...(type.converted === undefined ? {} : { 6: i32(type.converted) }),
  });
}

function rowGroup(columns: readonly ParquetColumn[], { rows, chunks }: RowGroup): ThriftValue {
  return struct({
    1: list(chunks.map((chunk, index) => columnChunk(columns[index]!, rows, chunk))),
    2: i64(chunks.reduce((sum, { size }) => sum + size, 0)),
    3: i64(rows),
  });
}

function columnChunk(
  { name, kind }: ParquetColumn,
  rows: number,
  { offset, size }: Chunk,
): ThriftValue {
  const metadata = struct({
    1: i32(types[kind].physical),
    2: list([i32(plain)]),
    3: list([text(name)]),
    4: i32(uncompressed),
    5: i64(rows),
    6: i64(size),
    7: i64(size),
    9: i64(offset),
  });
  return struct({ 2: i64(offset), 3: metadata });
}
