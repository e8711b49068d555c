import { seriesCount, windowsPerDay, dayMs, firstDayMs, hoursOfDay } from './service-days.mjs';
import { median } from '../statistics.mjs';

/** Rows of one day. */
export const rowsPerDay = seriesCount * windowsPerDay;

/**
 * Writes day after day into every store in turn, an hour of all series per call, and measures each.
 *
 * @param {{ days: number, coral: any, takenOver: any, raw: any, keyed: any, sqlite: any, onDay: (line: string) => void }} options
 *   `coral` is fed as time goes by, and seals every hour; `takenOver` gets the same days when all of them
 *   are past; `keyed` holds a day at most, as the hot tier does
 */
export async function growth({ days, coral, takenOver, raw, keyed, sqlite, onDay }) {
  takenOver.setClock(firstDayMs + days * dayMs);
  const measured = [];
  for (let day = 0; day < days; day += 1) {
    const seconds = { coral: 0, takenOver: 0, raw: 0, keyed: 0, sqlite: 0 };
    const sealMs = [];
    let largest = 0;
    await keyed.empty();
    let hour = 0;
    for (const rows of hoursOfDay(day)) {
      hour += 1;
      coral.setClock(firstDayMs + day * dayMs + hour * 3_600_000);
      for (const [name, store] of Object.entries({ raw, keyed, coral, takenOver, sqlite })) {
        if (!store) continue;
        const startedAt = performance.now();
        await store.insert(rows);
        seconds[/** @type {keyof typeof seconds} */ (name)] +=
          (performance.now() - startedAt) / 1000;
      }
      const startedAt = performance.now();
      const { rows: sealed } = await coral.seal();
      if (sealed > 0) sealMs.push(performance.now() - startedAt);
      largest = Math.max(largest, coral.diskBytes());
    }
    await coral.maintain();
    /** @type {any} */
    const one = {
      day: day + 1,
      rates: Object.fromEntries(
        Object.entries(seconds).map(([name, spent]) => [name, spent ? rowsPerDay / spent : 0]),
      ),
      sealMs,
      largest,
      sizes: { coral: coral.sizeBytes(), raw: raw.sizeBytes(), sqlite: sqlite?.sizeBytes() ?? 0 },
    };
    measured.push(one);
    if (one.day === tenth(days))
      one.seriesDayMs = await timeReads(50, (run) => coral.seriesDay(run * 7, run % one.day));
    const rate = (/** @type {string} */ name) => `${Math.round(one.rates[name] / 1000)} k/s`;
    onDay(
      `day ${one.day}: ${Object.keys(seconds)
        .map((name) => `${name} ${rate(name)}`)
        .join(', ')}; ${(one.sizes.coral / 1e6).toFixed(0)} MB`,
    );
  }
  return measured;
}

/**
 * The day when a tenth of the data is there, and a sealed day among it.
 *
 * @param {number} days
 */
export function tenth(days) {
  return Math.max(3, Math.round(days / 10));
}

/**
 * Median time of a read, ms.
 *
 * @param {number} runs
 * @param {(run: number) => unknown} read
 */
export async function timeReads(runs, read) {
  const times = [];
  for (let run = -3; run < runs; run += 1) {
    const startedAt = performance.now();
    await read(Math.abs(run));
    if (run >= 0) times.push(performance.now() - startedAt);
  }
  return median(times);
}
