import type { Database } from '@coral/storage';
import { withDeadline } from '../deadline.js';
import type { Logger } from '../logger.js';

/** Whether the colony can do its work now. */
export type Serving = 'serving' | 'not_serving';

/** How {@link HealthMonitor} looks. */
export interface HealthMonitorOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** How long the store may take to answer before it counts as not serving, ms. Default 2,000. */
  readonly pingTimeoutMs?: number;
  /** How often watchers' colony is looked at, ms. Default 2,000. */
  readonly watchIntervalMs?: number;
}

/** Ends one watch. Idempotent. */
export type StopWatching = () => void;

/**
 * Knows whether the colony serves, by asking its store.
 *
 * Checks are open to everybody who reaches the port, so any number of them at once costs the store
 * one ping, and any number of watchers one timer.
 */
export class HealthMonitor {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #pingTimeoutMs: number;
  readonly #watchIntervalMs: number;
  readonly #watchers = new Set<(state: Serving) => void>();
  #pinging: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: HealthMonitorOptions) {
    this.#database = options.database;
    this.#logger = options.logger;
    this.#pingTimeoutMs = options.pingTimeoutMs ?? 2_000;
    this.#watchIntervalMs = options.watchIntervalMs ?? 2_000;
  }

  /** How many watch now. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Whether {@link HealthMonitor.stop} was called: nothing new will be told. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Asks the store. Never throws: a store that cannot answer in time is not serving. */
  async check(): Promise<Serving> {
    if (this.#stopped || this.#database.state !== 'open') return 'not_serving';
    const ping = (this.#pinging ??= this.#database
      .ping()
      .finally(() => (this.#pinging = undefined)));
    try {
      await withDeadline(ping, this.#pingTimeoutMs, 'The store’s answer');
      return this.#stopped ? 'not_serving' : 'serving';
    } catch (reason) {
      this.#logger.warn({ err: reason }, 'the store does not answer');
      return 'not_serving';
    }
  }

  /** Tells the state now and then regularly, also when it has not changed, until stopped. */
  watch(tell: (state: Serving) => void): StopWatching {
    this.#watchers.add(tell);
    void this.check().then((state) => this.#watchers.has(tell) && tell(state));
    this.#timer ??= setInterval(() => void this.#tellAll(), this.#watchIntervalMs);
    return () => {
      this.#watchers.delete(tell);
      if (this.#watchers.size === 0) this.#stopTimer();
    };
  }

  /** From now on the colony is not serving; every watcher is told, once. */
  stop(): void {
    this.#stopped = true;
    this.#stopTimer();
    for (const tell of this.#watchers) tell('not_serving');
    this.#watchers.clear();
  }

  async #tellAll(): Promise<void> {
    const state = await this.check();
    for (const tell of this.#watchers) tell(state);
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
