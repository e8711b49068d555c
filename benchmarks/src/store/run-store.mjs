import { createTempDir } from '@coral/testkit';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../statistics.mjs';
import { coralStore } from './coral-store.mjs';
import { drawGrowth } from './draw-growth.mjs';
import { measureEvents } from './events.mjs';
import { growth, rowsPerDay, tenth, timeReads } from './growth.mjs';
import { measureBackup } from './backup.mjs';
import { rawAppender } from './raw-appender.mjs';
import { sqlitePeer } from './sqlite-peer.mjs';
import { topologyAndInsights } from './topology-and-insights.mjs';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    events: { type: 'string', default: '10000000' },
    'without-sqlite': { type: 'boolean', default: false },
  },
});
const days = Number(values.days);
const dir = await createTempDir({ prefix: 'coral-bench-' });
mkdirSync(dir.file('taken-over'));
const coral = await coralStore(dir.path);
const takenOver = await coralStore(dir.file('taken-over'));
const raw = await rawAppender(dir.file('raw.duckdb'));
const keyed = await rawAppender(dir.file('keyed.duckdb'), { isKeyed: true });
const sqlite = values['without-sqlite'] ? undefined : sqlitePeer(dir.file('peer.sqlite'));
const log = (/** @type {string} */ line) => console.error(line);

console.log(
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, node ${process.version}, ${process.platform}; ${days} days of 1,000 series, ${(days * rowsPerDay) / 1e6} M rows\n`,
);
console.log('| what | Coral | peer, same run | ratio | aim |');
console.log('|---|---|---|---|---|');

/** @param {string[]} cells */
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const rate = (/** @type {number} */ perSecond) => `${Math.round(perSecond / 1000)} k rows/s`;
const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const ms = (/** @type {number} */ time) => `${time.toFixed(1)} ms`;

const measured = await growth({ days, coral, takenOver, raw, keyed, sqlite, onDay: log });
const ratesOf = (/** @type {string} */ name) => measured.map(({ rates }) => rates[name]);
const pairs = (/** @type {string} */ ours, /** @type {string} */ theirs) =>
  median(measured.map(({ rates }) => rates[ours] / rates[theirs])).toFixed(2);
for (const [name, what] of [
  ['coral', 'summaries as time goes by, hot tier with key and indexes'],
  ['takenOver', 'summaries of past days, straight into history'],
]) {
  const rates = ratesOf(name);
  row(
    what,
    rate(median(rates)),
    `${rate(median(ratesOf('raw')))}: raw appender`,
    pairs(name, 'raw'),
    '≥ 0.6',
  );
  if (sqlite)
    row(
      what,
      rate(median(rates)),
      `${rate(median(ratesOf('sqlite')))}: SQLite`,
      pairs(name, 'sqlite'),
      '',
    );
  // Of past days, the last one is recent enough for the hot tier.
  const last = name === 'coral' ? rates.at(-1) : (rates.at(-3) ?? rates[0]);
  row(
    `${what}: last day`,
    rate(last),
    `${rate(rates[0])}: first day`,
    (last / rates[0]).toFixed(2),
    '≥ 0.9',
  );
}
row(
  'the same key and indexes without Coral',
  `${rate(median(ratesOf('keyed')))}: raw appender with key and indexes`,
  `${rate(median(ratesOf('raw')))}: raw appender`,
  pairs('keyed', 'raw'),
  '',
);
row(
  'summaries as time goes by, hot tier with key and indexes',
  rate(median(ratesOf('coral'))),
  `${rate(median(ratesOf('keyed')))}: raw appender with key and indexes`,
  pairs('coral', 'keyed'),
  '',
);
const seals = measured.flatMap(({ sealMs }) => sealMs);
if (seals.length > 0)
  row(
    'sealing a quarter of a day, between other writes',
    `${(median(seals) / 1000).toFixed(1)} s`,
    '',
    '',
    '',
  );

await coral.checkpoint();
await raw.checkpoint();
await sqlite?.checkpoint();
const csv = await raw.csvBytes(dir.file('summaries.csv'));
row(
  'file',
  mb(coral.sizeBytes()),
  `${mb(csv)}: CSV`,
  (csv / coral.sizeBytes()).toFixed(1),
  '≥ 5, ≤ 200 MB at 30 days',
);
if (sqlite)
  row(
    'file',
    mb(coral.sizeBytes()),
    `${mb(sqlite.sizeBytes())}: SQLite`,
    (sqlite.sizeBytes() / coral.sizeBytes()).toFixed(1),
    '',
  );
row(
  'file and log, at most, looked at every hour of the last three days',
  mb(Math.max(...measured.slice(-3).map(({ largest }) => largest))),
  '',
  '',
  '',
);
const [first, last] = [measured[Math.min(2, days - 1)], measured.at(-1)];
const perDay = (last.sizes.coral - first.sizes.coral) / Math.max(1, last.day - first.day);
row('growth per day beyond the hot window', mb(perDay), '', '', '≤ 10 MB');

const early = await timeReads(100, (run) =>
  takenOver.seriesDay(run * 7, run % Math.max(1, Math.floor(days / 10))),
);
const any = await timeReads(100, (run) => coral.seriesDay(run * 7, run % days));
row(
  'one series, one day, p50',
  ms(any),
  sqlite
    ? `${ms(await timeReads(30, (run) => sqlite.seriesDay(run * 7, run % days)))}: SQLite`
    : '',
  '',
  '≤ 5 ms',
);
row('the same in history taken over', ms(early), '', '', '≤ 5 ms');
const atTenth = measured[tenth(days) - 1]?.seriesDayMs;
if (atTenth) {
  row(
    'one series, one day, at ten times the data',
    ms(any),
    `${ms(atTenth)}: at ${tenth(days)} days`,
    (any / atTenth).toFixed(2),
    '≤ 1.5',
  );
}
row(
  'all series of a metric, 7 days, by hour',
  ms(await timeReads(20, (run) => coral.metricWeek(run, days - 1))),
  sqlite ? `${ms(await timeReads(5, (run) => sqlite.metricWeek(run, days - 1)))}: SQLite` : '',
  '',
  '≤ 100 ms',
);
for (const { what, time } of await topologyAndInsights(coral.database, timeReads))
  row(what, ms(time), '', '', '≤ 5 ms');
for (const { what, ours, theirs, ratio, aim } of await measureBackup(
  coral.database,
  dir.file('backup.duckdb'),
))
  row(what, ours, theirs, ratio, aim);
for (const { what, ours, aim } of await measureEvents(
  coral.database,
  Number(values.events),
  timeReads,
  log,
))
  row(what, ours, '', '', aim);

const results = fileURLToPath(new URL('../../results/', import.meta.url));
mkdirSync(results, { recursive: true });
writeFileSync(`${results}growth.json`, JSON.stringify(measured, null, 2));
writeFileSync(`${results}growth.svg`, drawGrowth(measured, csv / (days * rowsPerDay)));
log(`picture: ${results}growth.svg`);
await Promise.all([coral.close(), takenOver.close()]);
raw.close();
keyed.close();
sqlite?.close();
await dir.remove();
