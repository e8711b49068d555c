import type { Store } from '../store.js';
import type { TaskOptions } from '../progress.js';
import { deleteAll } from './apply-retention.js';
import { budgetStages, type BudgetStage } from './budget-stages.js';
import { readBytesPerRow } from './bytes-per-row.js';
import { allOf, type Condition } from './condition.js';
import { shrinkTrash } from './drop-trash.js';
import { retainedTableInfos, type PhysicalTable } from './retained-tables.js';
import type { Room } from './room-guard.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';

/** What keeping to the budget needs of the database. */
export interface BudgetMeans {
  readonly maxSizeBytes: number;
  /** Rows younger than this are left alone. ms */
  readonly protectMs: number;
  readonly look: () => Promise<Room>;
  /** Makes what was deleted count; without it the blocks stay in use. */
  readonly checkpoint: () => Promise<void>;
}

/** What had to go to keep to the budget. */
export interface BudgetResult {
  readonly usedBytesBefore: number;
  readonly usedBytes: number;
  /** Stages that lost rows, in their order. */
  readonly deleted: readonly { readonly name: string; readonly rows: number }[];
  readonly trashBytes: number;
}

/** Work begins above this share of the budget, and ends below the other: not at every row. */
const highWater = 0.9;
const lowWater = 0.8;
const dayMs = 86_400_000;

/**
 * Keeps what the store takes below its budget: drops the trash, oldest first, then deletes rows in
 * the order of {@link budgetStages}. They do not go through the trash: it lies on the same disk, and
 * would take the room that they make.
 *
 * @returns undefined when nothing had to be done
 */
export async function enforceBudget(
  store: Store,
  means: BudgetMeans,
  { signal }: TaskOptions,
): Promise<BudgetResult | undefined> {
  const { maxSizeBytes, look, checkpoint } = means;
  if ((await look()).usedBytes <= maxSizeBytes * highWater) return undefined;
  await checkpoint();
  const before = await look();
  if (before.usedBytes <= maxSizeBytes * highWater) return undefined;
  const goal = maxSizeBytes * lowWater;
  const trash = await shrinkTrash(
    store,
    Math.max(0, before.trashBytes - (before.usedBytes - goal)),
  );
  const deleted: { name: string; rows: number }[] = [];
  let room = await look();
  for (const stage of budgetStages) {
    let rows = 0;
    while (room.usedBytes > goal) {
      throwIfCancelled(signal);
      const freed = await deleteOldest(store, stage, means, room.usedBytes - goal, signal);
      if (freed === 0) break;
      rows += freed;
      await checkpoint();
      room = await look();
    }
    if (rows > 0) deleted.push({ name: stage.name, rows });
  }
  return {
    usedBytesBefore: before.usedBytes,
    usedBytes: room.usedBytes,
    deleted,
    trashBytes: trash.bytes,
  };
}

/** Deletes as many of the oldest days as should make `bytes` of room. @returns rows deleted */
async function deleteOldest(
  store: Store,
  stage: BudgetStage,
  { protectMs }: BudgetMeans,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const now = store.now();
  const { age, tables } = retainedTableInfos[stage.table];
  const young = new Date(now.getTime() - protectMs);
  /** What may go of a span of days: day by day the store has only that day to look at. */
  const mayGo = (from: Date, until: Date): Condition =>
    allOf([
      { sql: `${age} >= ? AND ${age} < ? AND ${age} < ?`, parameters: [from, until, young] },
      stage.condition(now, from, until),
    ]);
  const days = await readDays(store, tables, age, mayGo(new Date(0), young));
  let rows = 0;
  for (const { from } of chooseDays(days, bytes)) {
    const condition = mayGo(from, new Date(from.getTime() + dayMs));
    for (const table of tables)
      rows += await deleteAll(store, { table, age, condition }, { signal });
  }
  return rows;
}

/** What a UTC day's rows take. */
export interface DayOfRows {
  readonly from: Date;
  readonly bytes: number;
}

/** As many of the first days as make so much room; all of them where they are not enough. */
export function chooseDays(oldestFirst: readonly DayOfRows[], bytes: number): DayOfRows[] {
  let sum = 0;
  const end = oldestFirst.findIndex((day) => (sum += day.bytes) >= bytes);
  return oldestFirst.slice(0, end === -1 ? undefined : end + 1);
}

async function readDays(
  store: Store,
  tables: readonly PhysicalTable[],
  age: string,
  { sql, parameters }: Condition,
): Promise<DayOfRows[]> {
  const perRow = await readBytesPerRow(store.readers());
  const rows = await store.readers().query(
    `SELECT day, sum(bytes) AS bytes FROM (${tables
      .map(
        ({ name }) => `SELECT time_bucket(INTERVAL 1 DAY, ${age}) AS day,
          count(*) * ${perRow.get(name)}::DOUBLE AS bytes FROM ${name} WHERE ${sql} GROUP BY 1`,
      )
      .join(' UNION ALL ')}) GROUP BY 1 ORDER BY 1`,
    tables.flatMap(() => parameters),
  );
  return rows.map((row) => ({ from: row['day'] as Date, bytes: row['bytes'] as number }));
}
