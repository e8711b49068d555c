import type { Column } from '../duckdb/row-stream.js';
import type { JsonValue } from '../duckdb/json-values.js';

/** A stopped colony, read from its file; or a running one, asked over HTTP. */
export type ColonyEntry = StoppedColony | RunningColony;

export interface StoppedColony {
  readonly colonyId: string;
  /** Directory that holds `{colonyId}.duckdb`; nothing is made where there is none. */
  readonly storagePath: string;
}

export interface RunningColony {
  readonly colonyId: string;
  /** Where its API listens: `http://127.0.0.1:9000`. */
  readonly url: string;
  readonly token: string;
}

export interface SourceQuery {
  /** One reading statement, as `queryReadOnly` takes it. */
  readonly sql: string;
  /** For everything that the colony does: opening, waiting, computing. ms */
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly signal: AbortSignal;
}

/** All rows of one colony. */
export interface SourceAnswer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly JsonValue[])[];
  readonly truncated: boolean;
}

/** One colony, however it is reached. */
export interface ColonySource {
  readonly colonyId: string;
  query(query: SourceQuery): Promise<SourceAnswer>;
  close(): Promise<void>;
}
