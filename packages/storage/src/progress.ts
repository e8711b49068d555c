/** How far a long task has come. */
export interface Progress {
  /** What it does now, in a word or two: `copy`, `verify`. */
  readonly phase: string;
  readonly done: number;
  /** Absent: nobody knows yet how much there is. */
  readonly total?: number;
  readonly unit: 'rows' | 'bytes' | 'steps';
}

/** What every long task takes. */
export interface TaskOptions {
  /** Called often; must not throw. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the task between two of its steps: it fails with `STORAGE_CANCELLED` and leaves nothing half done. */
  readonly signal?: AbortSignal | undefined;
}
