import { cpus, totalmem } from 'node:os';
import { backlog } from './backlog.mjs';
import { help } from './help.mjs';
import { idleMemory } from './idle-memory.mjs';
import { ingestUnderLoad } from './ingest-under-load.mjs';
import { otlpHttp } from './otlp-http.mjs';
import { remoteWrite, remoteWriteSteps } from './remote-write.mjs';
import { startToReady } from './start-to-ready.mjs';
import { summarise } from './summarise.mjs';

/** @type {Record<string, () => Promise<object[]> | object[]>} */
const benchmarks = {
  help: () => help({ runs: 25 }),
  start: () => startToReady({ runs: 15 }),
  otlp: () => otlpHttp({ signal: 'metrics', runs: 5, connections: 1 }),
  'otlp-4': () => otlpHttp({ signal: 'metrics', runs: 5, connections: 4 }),
  traces: () => otlpHttp({ signal: 'traces', runs: 5, connections: 1 }),
  'remote-write': () => remoteWrite({ runs: 5, connections: 1 }),
  'remote-write-4': () => remoteWrite({ runs: 5, connections: 4 }),
  'remote-write-steps': () => remoteWriteSteps(),
  summarise: () => summarise({ runs: 5, kind: 'gauge' }),
  'summarise-counters': () => summarise({ runs: 5, kind: 'counter' }),
  load: () => ingestUnderLoad(),
  backlog: () => backlog(),
  memory: () => idleMemory(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `No benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(2);
}

console.log(
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, node ${process.version}, ${process.platform}\n`,
);
console.log('| what | Coral | floor, same run | ratio (middle half) | aim |');
console.log('|---|---|---|---|---|');
for (const [name, benchmark] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const row of /** @type {any[]} */ (await benchmark())) {
    const spread = row.low === undefined ? '' : ` (${row.low.toFixed(2)}–${row.high.toFixed(2)})`;
    console.log(
      `| ${row.name} | ${row.ours} | ${row.floor} | ${row.ratio.toFixed(2)}${spread} | ${row.aim} |`,
    );
  }
}
