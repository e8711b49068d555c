/** What a job does at the moment. */
export type JobState = 'running' | 'waiting' | 'backing_off';

/** What is known of one job. */
export interface JobStatus {
  readonly name: string;
  /** `backing_off`: its last run failed, and it waits for the next try. */
  readonly state: JobState;
  /** Runs that ended, since the start. */
  readonly runs: number;
  /** Those of them that failed. */
  readonly failures: number;
  /** How many failed one after the other, up to now. 0: the last one did not. */
  readonly failuresInARow: number;
  /** When the last run began; that of the one under way while `running`. Absent: none has begun. */
  readonly lastStartAt?: Date;
  /** When the last run that succeeded ended. */
  readonly lastSuccessAt?: Date;
  /** How long the last run took that ended, ms. */
  readonly lastDurationMs?: number;
  /** Why the last run that failed did; it stays when a later one succeeds. */
  readonly lastError?: { readonly at: Date; readonly message: string };
  /** When the next run begins; absent while `running`. */
  readonly nextRunAt?: Date | undefined;
}

/** One job's entry in a {@link JobRegistry}; the job tells it what happens. */
export interface JobEntry {
  /** The next run begins in so many ms. */
  waits(pauseMs: number): void;
  begins(): void;
  succeeds(tookMs: number): void;
  /** @returns failures in a row, this one included */
  fails(tookMs: number, reason: unknown): number;
  /** The job has stopped: it is listed no more. */
  remove(): void;
}

/**
 * Knows of every job of a colony what it does and how its last run went. The server shows it in the
 * status, and the colony's own metrics count by it.
 *
 * @example
 * const jobs = new JobRegistry();
 * startPeriodicJob({ name: 'learn', run, intervalMs: 60_000, logger, jobs });
 * jobs.list(); // [{ name: 'learn', state: 'running', … }]
 */
export class JobRegistry {
  readonly #now: () => number;
  readonly #entries = new Set<{ status: JobStatus }>();

  /** @param options.now the time, ms since the epoch. Default the system's clock. */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  /** Every job that has not been stopped, by name. */
  list(): JobStatus[] {
    return [...this.#entries]
      .map(({ status }) => status)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** @internal — startPeriodicJob calls it; not covered by semver */
  add(name: string): JobEntry {
    const entry: { status: JobStatus } = {
      status: { name, state: 'waiting', runs: 0, failures: 0, failuresInARow: 0 },
    };
    const change = (changes: Partial<JobStatus>): void => {
      entry.status = { ...entry.status, ...changes };
    };
    this.#entries.add(entry);
    return {
      waits: (pauseMs) => {
        const state = entry.status.failuresInARow > 0 ? 'backing_off' : 'waiting';
        change({ state, nextRunAt: new Date(this.#now() + pauseMs) });
      },
      begins: () => {
        change({ state: 'running', lastStartAt: new Date(this.#now()), nextRunAt: undefined });
      },
      succeeds: (lastDurationMs) => {
        const runs = entry.status.runs + 1;
        change({ runs, failuresInARow: 0, lastDurationMs, lastSuccessAt: new Date(this.#now()) });
      },
      fails: (lastDurationMs, reason) => {
        const { runs, failures, failuresInARow } = entry.status;
        change({
          runs: runs + 1,
          failures: failures + 1,
          failuresInARow: failuresInARow + 1,
          lastDurationMs,
          lastError: { at: new Date(this.#now()), message: messageOf(reason) },
        });
        return entry.status.failuresInARow;
      },
      remove: () => void this.#entries.delete(entry),
    };
  }
}

/** Longest message that a status repeats, UTF-16 units. */
const maxMessageLength = 500;

function messageOf(reason: unknown): string {
  // Errors of another realm are not `instanceof Error`.
  const { message } = (reason ?? {}) as { message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : String(reason);
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}…` : text;
}
