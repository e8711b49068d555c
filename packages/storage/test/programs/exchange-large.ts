import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { openDatabase } from '../../src/index.js';

/** Exports a large table and imports a large file, and says how much it was. */
const storagePath = process.argv[2]!;
const rows = 500_000;
const input = `${storagePath}/large.csv`;
await writeInput();

await using database = await openDatabase({
  storagePath,
  colonyId: 'large-dev',
  memoryLimitBytes: 128 * 1024 ** 2,
});
const sizes: number[] = [];
for (const format of ['csv', 'json', 'parquet'] as const) {
  const output = `${storagePath}/out.${format}`;
  sizes.push((await database.exportTable({ table: 'events', format, output })).sizeBytes);
}
const imported = await database.importTable({ input, table: 'baselines' });
console.log(JSON.stringify({ sizes, imported: imported.rows }));

/** Many rows of few keys: reading them is what counts, not the index. */
async function writeInput(): Promise<void> {
  const file = createWriteStream(input);
  file.write('service_id,metric_name,time_window,mean,last_updated\n');
  for (let row = 0; row < rows; row += 1) {
    const line = `service-${row % 10},metric,1d,${row / 7},2026-11-22T00:00:00.${row % 10}Z\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}
