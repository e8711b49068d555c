/** What opening the file found and did. */
export interface RecoveryReport {
  /** Whether the last owner closed in order, or the file is new. */
  readonly clean: boolean;
  /** The process that did not close in order, where it left its pid. */
  readonly previousPid?: number;
  /** Size of the write-ahead log that was replayed, in bytes. */
  readonly walBytes: number;
  /** Where the block of metadata begins that the stop cut off and that was mended, in bytes. */
  readonly tornBlock?: number;
  /** Points that were acknowledged and not in the database yet: brought in from the journal. */
  readonly journalPoints: number;
  readonly indexesChecked: number;
  readonly indexesRepaired: readonly string[];
  /** Schema versions applied now. */
  readonly migrationsApplied: readonly number[];
  /** The copy from before them, where the file was there already. */
  readonly upgradeBackup?: string;
  /** Whether an upgrade that was cut off was undone before anything else. */
  readonly upgradeUndone: boolean;
  readonly durationMs: number;
}
