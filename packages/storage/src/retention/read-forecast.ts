import type { Store } from '../store.js';
import { readBytesPerRow } from './bytes-per-row.js';
import { timeUntilFull, type ForecastBasis, type ForecastTime } from './forecast.js';
import { allOf, not, type Condition } from './condition.js';
import { retainedTableInfos, type RetainedTable } from './retained-tables.js';
import type { RetentionPolicy } from './retention-policy.js';
import { describeRule, ruleConditions } from './rule-conditions.js';
import type { Room, RoomLimits } from './room-guard.js';

/** When a limit is reached, and why that is thought. */
export interface Forecast {
  readonly at: Date;
  readonly room: Room;
  /** When the budget is reached; absent without one. */
  readonly budget?: { readonly maxSizeBytes: number; readonly reachedAt: ForecastTime };
  /** When so little disk is free that writes are refused. Other programs are not foreseen. */
  readonly disk: { readonly minFreeDiskBytes: number; readonly reachedAt: ForecastTime };
  readonly bytesPerDay: number;
  readonly basis: readonly ForecastBasis[];
}

/** Tables whose rows come and stay; of the others one row per thing is brought up to date. */
const growing: readonly RetainedTable[] = ['metric_summaries', 'events', 'insights'];
/** How far back the daily rows are counted. ms */
const lookBackMs = 7 * 86_400_000;
const dayMs = 86_400_000;

/**
 * Foresees from the rows of the last seven days, rule by rule, when the budget and the disk are used
 * up.
 */
export async function readForecast(
  store: Store,
  policy: RetentionPolicy,
  limits: RoomLimits,
  room: Room,
): Promise<Forecast> {
  const at = store.now();
  const basis = await readBasis(store, policy, at);
  const { minFreeDiskBytes, maxSizeBytes } = limits;
  const reachedAt = (roomBytes: number) => timeUntilFull(basis, roomBytes, at);
  return {
    at,
    room,
    ...(maxSizeBytes === 0
      ? {}
      : { budget: { maxSizeBytes, reachedAt: reachedAt(maxSizeBytes - room.usedBytes) } }),
    disk: { minFreeDiskBytes, reachedAt: reachedAt(room.freeBytes - minFreeDiskBytes) },
    bytesPerDay: basis.reduce((sum, one) => sum + one.rowsPerDay * one.bytesPerRow, 0),
    basis,
  };
}

async function readBasis(
  store: Store,
  { rules }: RetentionPolicy,
  at: Date,
): Promise<ForecastBasis[]> {
  const perRow = await readBytesPerRow(store.readers());
  const conditions = ruleConditions(rules, at);
  const basis: ForecastBasis[] = [];
  for (const table of growing) {
    const own = conditions.filter(({ rule }) => rule.table === table);
    for (const { rule, governs } of own) {
      const found = await countGrowth(store, table, governs, perRow, at);
      const keep = rule.keepMs === undefined ? {} : { keepMs: rule.keepMs };
      if (found) basis.push({ name: describeRule(rule), ...found, ...keep });
    }
    const rest = allOf(own.map(({ governs }) => not(governs)));
    const found = await countGrowth(store, table, rest, perRow, at);
    if (found) basis.push({ name: table, ...found });
  }
  return basis;
}

async function countGrowth(
  store: Store,
  table: RetainedTable,
  { sql, parameters }: Condition,
  perRow: ReadonlyMap<string, number>,
  at: Date,
): Promise<Omit<ForecastBasis, 'name'> | undefined> {
  const { age, tables } = retainedTableInfos[table];
  const since = new Date(at.getTime() - lookBackMs);
  const [row] = await store.readers().query(
    `SELECT sum(n)::BIGINT AS n, sum(recent)::BIGINT AS recent, min(oldest) AS oldest, sum(bytes) AS bytes
     FROM (${tables
       .map(
         ({ name }) => `SELECT count(*) AS n, count(*) FILTER (${age} >= ?) AS recent,
           min(${age}) AS oldest, count(*) * ${perRow.get(name)}::DOUBLE AS bytes
         FROM ${name} WHERE ${sql}`,
       )
       .join(' UNION ALL ')})`,
    tables.flatMap(() => [since, ...parameters]),
  );
  const rows = row!['n'] as number;
  if (rows === 0) return undefined;
  const ageMs = Math.max(0, at.getTime() - (row!['oldest'] as Date).getTime());
  // A colony of one hour has not had its day yet: what came is spread over the time that it took.
  const days = Math.min(Math.max(ageMs, dayMs / 24), lookBackMs) / dayMs;
  return {
    rowsPerDay: (row!['recent'] as number) / days,
    bytesPerRow: (row!['bytes'] as number) / rows,
    rows,
    ageMs,
  };
}
