import { rebuildSparseTable } from '../maintenance/rebuild-sparse-table.js';
import type { TaskOptions } from '../progress.js';
import { eventsDdl } from '../schema/tables/events.js';
import type { Store } from '../store.js';
import { applyRetention, type RetentionResult } from './apply-retention.js';
import { shrinkTrash, type DroppedTrash } from './drop-trash.js';
import { enforceBudget, type BudgetResult } from './enforce-budget.js';
import { endHolds, heldUntil } from './holds.js';
import { listTrash, type TrashedRun } from './list-trash.js';
import { planRetention, type RetentionPlan } from './plan-retention.js';
import { readForecast, type Forecast } from './read-forecast.js';
import { checkRetentionPolicy, type RetentionPolicy } from './retention-policy.js';
import type { Room, RoomGuard, RoomLimits } from './room-guard.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import { undoRetention, type UndoResult } from './undo-retention.js';

/** What retention needs of an open database. */
export interface RetentionMeans {
  readonly store: Store;
  readonly boundary: TierBoundary;
  readonly guard: RoomGuard;
  readonly limits: RoomLimits;
  /** What maintenance keeps to. */
  readonly policy: RetentionPolicy;
  /** The budget leaves rows alone that are younger. ms */
  readonly hotWindowMs: number;
  readonly checkpoint: () => Promise<void>;
}

/** What retention by age did by itself. */
export interface RetainResult {
  readonly rows: number;
  /** What to undo it by; absent when nothing went into the trash. */
  readonly id?: string;
  /** Until when nothing is deleted by age, because somebody brought rows back. */
  readonly heldUntil?: Date;
}

/** What making room did. */
export interface KeepRoomResult {
  /** Afterwards. */
  readonly room: Room;
  /** What had to go from the trash because the disk is short; absent when nothing had to. */
  readonly trash?: DroppedTrash;
  /** What had to go for the budget; absent when nothing had to. */
  readonly budget?: BudgetResult;
}

/** What retention by age last did since the database was opened, and what it waits for. */
export interface RetentionState {
  readonly lastRun?: { readonly at: Date; readonly rows: number };
  readonly heldUntil?: Date;
}

/** How to bring rows back. */
export interface UndoOptions extends TaskOptions {
  /** How long retention by age then waits unless it is applied; default 7 days. ms */
  readonly holdMs?: number | undefined;
}

/** What a second or so can make anew; a larger table is left to compacting the file. */
const eventsTable = {
  name: 'events',
  ddl: eventsDdl,
  order: 'id',
  deadRowsWorthIt: (live: number) => (live > 200_000 ? Infinity : Math.max(100_000, live)),
} as const;

const defaultHoldMs = 7 * 86_400_000;

/** What keeps an open database within its times and its room; one task at a time. */
export class Retention {
  readonly #means: RetentionMeans;
  #last: Promise<unknown> = Promise.resolve();
  #lastRun: RetentionState['lastRun'];

  constructor(means: RetentionMeans) {
    this.#means = { ...means, policy: checkRetentionPolicy(means.policy) };
  }

  plan(policy: RetentionPolicy): Promise<RetentionPlan> {
    return planRetention(this.#means.store, checkRetentionPolicy(policy));
  }

  apply(policy: RetentionPolicy, options: TaskOptions): Promise<RetentionResult> {
    const { store } = this.#means;
    const checked = checkRetentionPolicy(policy);
    return this.#alone(async () => {
      await endHolds(store);
      return this.#apply(checked, options);
    });
  }

  list(): Promise<TrashedRun[]> {
    return listTrash(this.#means.store.readers());
  }

  undo(id: string, { holdMs = defaultHoldMs, ...options }: UndoOptions): Promise<UndoResult> {
    return this.#alone(() => undoRetention(this.#means, id, holdMs, options));
  }

  async forecast(policy: RetentionPolicy): Promise<Forecast> {
    const { store, guard, limits } = this.#means;
    return readForecast(store, checkRetentionPolicy(policy), limits, await guard.look());
  }

  /** Drops the trash while the disk is short of room, and keeps to the budget. */
  keepRoom(options: TaskOptions): Promise<KeepRoomResult> {
    return this.#alone(() => this.#keepRoom(options));
  }

  /** Deletes by age what the policy of the database says, unless somebody brought rows back. */
  retain(options: TaskOptions): Promise<RetainResult> {
    const { store, policy } = this.#means;
    return this.#alone(async () => {
      const held = await heldUntil(store);
      if (held) return { rows: 0, heldUntil: held };
      const { rows, id } = await this.#apply(policy, options);
      return { rows, ...(id ? { id } : {}) };
    });
  }

  async state(): Promise<RetentionState> {
    const held = await heldUntil(this.#means.store);
    return {
      ...(this.#lastRun ? { lastRun: this.#lastRun } : {}),
      ...(held ? { heldUntil: held } : {}),
    };
  }

  async #apply(policy: RetentionPolicy, options: TaskOptions): Promise<RetentionResult> {
    const { store } = this.#means;
    const result = await applyRetention(store, policy, options);
    if (result.rows > 0) await rebuildSparseTable(store, eventsTable);
    this.#lastRun = { at: store.now(), rows: result.rows };
    return result;
  }

  async #keepRoom(options: TaskOptions): Promise<KeepRoomResult> {
    const { store, guard, limits, hotWindowMs, checkpoint } = this.#means;
    const { maxSizeBytes, minFreeDiskBytes } = limits;
    const look = (): Promise<Room> => guard.look();
    const room = await look();
    const lacking = minFreeDiskBytes - room.freeBytes;
    if (lacking > 0) {
      if (room.trashBytes === 0) return { room };
      const trash = await shrinkTrash(store, Math.max(0, room.trashBytes - lacking));
      return { room: await look(), trash };
    }
    if (maxSizeBytes === 0) return { room };
    const means = { maxSizeBytes, protectMs: hotWindowMs, look, checkpoint };
    const budget = await enforceBudget(store, means, options);
    if (budget) await rebuildSparseTable(store, eventsTable);
    return budget ? { room: await look(), budget } : { room };
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined); // Its caller hears of it.
    return result;
  }
}
