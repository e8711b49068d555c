import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import type { DirtyWindows } from '../points/dirty-windows.js';
import { windowStartUs } from '../points/window.js';
import type { DirtyConnections } from './dirty-connections.js';
import type { OperationDictionary } from './operation-dictionary.js';
import type { SpanColumns } from './span-columns.js';
import type { SpanCount } from './span-count.js';
import type { RefusedSpans } from './span-limit-report.js';

/** What has to be brought up to date after spans came. */
export interface SpanWriterParts {
  readonly operations: OperationDictionary;
  /** Windows whose summaries depend on spans. */
  readonly windows: DirtyWindows;
  /** Windows whose connections do. */
  readonly connections: DirtyConnections;
  readonly spanCount: SpanCount;
}

/** Puts columns of spans into the open transaction. */
export class SpanWriter {
  readonly #appender: ColumnAppender;
  readonly #parts: SpanWriterParts;

  private constructor(appender: ColumnAppender, parts: SpanWriterParts) {
    this.#appender = appender;
    this.#parts = parts;
  }

  static async create(connection: Connection, parts: SpanWriterParts): Promise<SpanWriter> {
    const appender = await ColumnAppender.create(connection, 'spans', [
      'timestamp',
      'ubigint',
      'ubigint',
      'ubigint',
      'ubigint',
      'integer',
      'double',
      'boolean',
    ]);
    return new SpanWriter(appender, parts);
  }

  /**
   * Buffers the spans with these indexes that there is room for; they reach the file with {@link flush}.
   *
   * @returns those that there was no room for; undefined when there are none
   */
  async write(
    connection: Connection,
    spans: SpanColumns,
    checked: Uint32Array,
    now: Date,
  ): Promise<RefusedSpans | undefined> {
    const { operations, windows, connections, spanCount } = this.#parts;
    const accepted = spanCount.take(spans.endTimeUs, checked);
    await this.#appender.ready();
    this.#appender.appendColumns(
      [
        spans.endTimeUs,
        spans.traceHigh,
        spans.traceLow,
        spans.spanId,
        spans.parentId,
        this.#operationIds(spans, accepted),
        spans.durationUs,
        spans.isError,
      ],
      accepted,
    );
    for (const startUs of windowsOf(spans, accepted)) {
      windows.mark(startUs);
      connections.touch(startUs);
    }
    await operations.flush(connection, now);
    await windows.flush(connection);
    await connections.flush(connection);
    const count = checked.length - accepted.length;
    if (count === 0) return undefined;
    const first = checked.find((index, position) => accepted[position] !== index)!;
    return { serviceId: spans.operations[spans.operationIndex[first]!]!.serviceId, count };
  }

  flush(): void {
    this.#appender.flush();
  }

  committed(): void {
    this.#parts.operations.committed();
    this.#parts.connections.committed();
    this.#parts.spanCount.committed();
  }

  rolledBack(): void {
    this.#appender.discard();
    this.#parts.operations.rolledBack();
    this.#parts.connections.rolledBack();
    this.#parts.spanCount.rolledBack();
  }

  close(): void {
    this.#appender.close();
  }

  /** The number of each span's operation; only of those that are accepted. */
  #operationIds(spans: SpanColumns, accepted: Uint32Array): Int32Array {
    const numbers = new Int32Array(spans.operations.length);
    const ids = new Int32Array(spans.length);
    for (const index of accepted) {
      const position = spans.operationIndex[index]!;
      let id = numbers[position]!;
      if (id === 0) {
        id = this.#parts.operations.idOf(spans.operations[position]!);
        numbers[position] = id;
      }
      ids[index] = id;
    }
    return ids;
  }
}

function windowsOf(spans: SpanColumns, accepted: Uint32Array): Set<number> {
  const starts = new Set<number>();
  let last = NaN;
  for (const index of accepted) {
    const start = windowStartUs(spans.endTimeUs[index]!);
    if (start === last) continue;
    starts.add(start);
    last = start;
  }
  return starts;
}
