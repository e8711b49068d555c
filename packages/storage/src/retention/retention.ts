import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { applyRetention, type RetentionResult } from './apply-retention.js';
import { shrinkTrash } from './drop-trash.js';
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

/** What retention did by itself. */
export interface RetentionMaintenance {
  readonly rows: number;
  /** Until when rows are left alone because somebody brought some back. */
  readonly heldUntil?: Date;
  readonly id?: string;
  readonly budget?: BudgetResult;
}

/** How to bring rows back. */
export interface UndoOptions extends TaskOptions {
  /** How long retention by age then waits unless it is applied; default 7 days. ms */
  readonly holdMs?: number | undefined;
}

const defaultHoldMs = 7 * 86_400_000;

/** What keeps an open database within its times and its room; one task at a time. */
export class Retention {
  readonly #means: RetentionMeans;
  #last: Promise<unknown> = Promise.resolve();

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
      return applyRetention(store, checked, options);
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
  keepRoom(options: TaskOptions): Promise<BudgetResult | undefined> {
    return this.#alone(() => this.#keepRoom(options));
  }

  /** What is due of all this. */
  maintain(options: TaskOptions): Promise<RetentionMaintenance> {
    const { store, policy } = this.#means;
    return this.#alone(async () => {
      const held = await heldUntil(store);
      const { rows, id } = held ? { rows: 0 } : await applyRetention(store, policy, options);
      const budget = await this.#keepRoom(options);
      return {
        rows,
        ...(id ? { id } : {}),
        ...(held ? { heldUntil: held } : {}),
        ...(budget ? { budget } : {}),
      };
    });
  }

  async #keepRoom(options: TaskOptions): Promise<BudgetResult | undefined> {
    const { store, guard, limits, hotWindowMs, checkpoint } = this.#means;
    const { maxSizeBytes, minFreeDiskBytes } = limits;
    const look = (): Promise<Room> => guard.look();
    const { freeBytes, trashBytes } = await look();
    const isShort = freeBytes < minFreeDiskBytes;
    if (isShort && trashBytes > 0) {
      await shrinkTrash(store, Math.max(0, trashBytes - (minFreeDiskBytes - freeBytes)));
    }
    if (maxSizeBytes === 0 || isShort) return undefined;
    return enforceBudget(
      store,
      { maxSizeBytes, protectMs: hotWindowMs, look, checkpoint },
      options,
    );
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined); // Its caller hears of it.
    return result;
  }
}
