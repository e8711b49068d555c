import { createTempDir } from '@coral/testkit';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from '../statistics.mjs';
import { coralStore } from './coral-store.mjs';
import { rowsPerDay, timeReads } from './growth.mjs';
import { dayMs, firstDayMs, hoursOfDay } from './service-days.mjs';

const { values } = parseArgs({ options: { days: { type: 'string', default: '300' } } });
const days = Number(values.days);
const looks = new Set([1, 10, 30, 100, days]);

const dir = await createTempDir({ prefix: 'coral-bench-' });
const coral = await coralStore(dir.path);
console.log(
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, node ${process.version}, ${process.platform}; days of 1,000 series\n`,
);
console.log(
  '| days | rows | file | free blocks in it | bytes a row without them | written, that day | and sealed, ten days | one series, one day | all series of a metric, 7 days |',
);
console.log('|---|---|---|---|---|---|---|---|---|');

/** Seconds of each day: to write it, and to seal. */
const spent = [];
for (let day = 0; day < days; day += 1) {
  // The hot window begins when this day is over.
  coral.setClock(firstDayMs + (day + 2) * dayMs);
  let writeSeconds = 0;
  for (const rows of hoursOfDay(day)) {
    const startedAt = performance.now();
    await coral.insert(rows);
    writeSeconds += (performance.now() - startedAt) / 1000;
  }
  const startedAt = performance.now();
  await coral.seal();
  spent.push({ writeSeconds, sealSeconds: (performance.now() - startedAt) / 1000 });
  if (looks.has(day + 1)) await look(day + 1);
  else if (day % 10 === 9) console.error(`${day + 1} days`);
}
await coral.close();
await dir.remove();

/** @param {number} written days */
async function look(written) {
  await coral.checkpoint();
  const rows = written * rowsPerDay;
  const bytes = coral.sizeBytes();
  const freeBytes = await coral.freeBytes();
  const some = spent.slice(-10);
  const seconds = some.reduce(
    (sum, { writeSeconds, sealSeconds }) => sum + writeSeconds + sealSeconds,
    0,
  );
  const rate = (/** @type {number} */ perSecond) => `${Math.round(perSecond / 1000)} k rows/s`;
  const reads = [
    await timeReads(30, (run) => coral.seriesDay(run * 7, (run * 11) % written)),
    await timeReads(10, (run) => coral.metricWeek(run, written - 1)),
  ];
  const cells = [
    written,
    `${(rows / 1e6).toFixed(1)} M`,
    `${(bytes / 1e6).toFixed(0)} MB`,
    `${(freeBytes / 1e6).toFixed(0)} MB`,
    ((bytes - freeBytes) / rows).toFixed(1),
    rate(rowsPerDay / median(some.map(({ writeSeconds }) => writeSeconds))),
    rate((some.length * rowsPerDay) / seconds),
    ...reads.map((time) => `${time.toFixed(1)} ms`),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
