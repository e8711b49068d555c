// Export and import, on running and on stopped colonies, with real files and pipes.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exchangeFormats, exchangeTables } from '../src/program.js';
import type { CoralResult, CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

const errorOf = ({ stderr }: CoralResult) => /\(([A-Z]+_\w+)\)/.exec(stderr)?.[1];

/** A colony with two events, running or stopped. */
async function prepare(coral: CoralWorld, state: string): Promise<void> {
  await coral.init();
  await coral.start(['--detach', '--no-self-metrics']);
  for (const [type, details] of [
    ['deploy', '{"note":"comma, \\"quote\\""}'],
    ['restart', '{}'],
  ] as const) {
    await coral.json(['events', 'record', type, '--service', 'shop/api', '--details', details]);
  }
  if (state === 'stopped') await coral.run(['colony', 'stop']);
}

it('offers the tables and formats that the store knows', async () => {
  const storage = await import('@coral/storage');
  expect(exchangeTables).toEqual([...storage.exchangeTableNames]);
  expect(exchangeFormats).toEqual([...storage.exchangeFormats]);
});

describe.each(['running', 'stopped'])('coral colony export of a %s colony', (state) => {
  const coral = useCoral();

  it('writes a file with its schema, and import reads it back into another colony', async () => {
    await prepare(coral, state);
    for (const format of exchangeFormats) {
      const output = `events.${format}`;
      const args = ['colony', 'export', 'events', '--format', format, '--output', output];
      expect(await coral.json(args)).toMatchObject({
        table: 'events',
        format,
        rows: 2,
        output: join(coral.project, output),
        schema_file: join(coral.project, `${output}.schema.json`),
      });
      const again = await coral.run(args);
      expect([again.code, errorOf(again)]).toEqual([73, 'STORAGE_OUTPUT_EXISTS']);
    }
    const before = await coral.json(['events']);
    const other = await coral.init('other');
    await coral.start(['--detach', '--no-self-metrics']);
    if (state === 'stopped') await coral.run(['colony', 'stop']);
    for (const format of exchangeFormats) {
      const imported = await coral.json(['colony', 'import', `events.${format}`, '-c', other]);
      expect(imported).toMatchObject({ table: 'events', format, rows: 2 });
      expect(await coral.json(['events', '-c', other])).toEqual(before);
    }
  });

  it('writes the same bytes to standard output, and leaves nothing behind', async () => {
    await prepare(coral, state);
    await coral.json(['colony', 'export', 'events', '-f', 'csv', '-o', 'events.csv']);
    const piped = await coral.run(['colony', 'export', 'events', '-f', 'csv', '-o', '-']);
    const whole = await readFile(join(coral.project, 'events.csv'), 'utf8');
    expect(piped).toMatchObject({ code: 0, stdout: whole });
    const [work] = (await readdir(join(coral.project, '.coral'))).filter((name) =>
      name.endsWith('.work'),
    );
    if (work !== undefined) expect(await readdir(join(coral.project, '.coral', work))).toEqual([]);
  });

  it('takes a part by time and condition, and refuses what is no condition', async () => {
    await prepare(coral, state);
    const lines = async (...args: string[]) => {
      const common = ['colony', 'export', 'events', '-f', 'json', '-o', '-'];
      const result = await coral.run([...common, ...args]);
      return [result.code, errorOf(result) ?? result.stdout.split('\n').length - 1];
    };
    expect(await lines('--where', "event_type = 'deploy'")).toEqual([0, 1]);
    expect(await lines('--from', '1h')).toEqual([0, 2]);
    expect(await lines('--to', '1h')).toEqual([0, 0]);
    expect(await lines('--where', 'true) UNION SELECT (1')).toEqual([77, 'STORAGE_SQL_REFUSED']);
    expect(await lines('--where', 'nonsense = 1')).toEqual([65, 'STORAGE_SQL_INVALID']);
  });

  it('partitions Parquet by day, and import reads the folder', async () => {
    await prepare(coral, state);
    const args = ['colony', 'export', 'events', '-f', 'parquet', '--partition-by', 'day'];
    expect(await coral.json([...args, '-o', 'days'])).toMatchObject({ rows: 2, files: 1 });
    const day = new Date().toISOString().slice(0, 10);
    expect(await readdir(join(coral.project, 'days'))).toEqual([`day=${day}`]);
    expect(await coral.json(['colony', 'import', 'days'])).toMatchObject({ rows: 2 });
  });

  it('says which row and column of a file cannot be imported', async () => {
    await prepare(coral, state);
    await writeFile(
      join(coral.project, 'bad.csv'),
      'timestamp,service_id,event_type\n2026-01-01T00:00:00Z,api,deploy\nyesterday,api,deploy\n',
    );
    const result = await coral.run(['colony', 'import', 'bad.csv', '--table', 'events']);
    expect([result.code, errorOf(result)]).toEqual([65, 'STORAGE_INVALID_INPUT']);
    expect(result.stderr).toContain('bad.csv, row 2, column timestamp: ');
    expect(await coral.json(['events'])).toHaveLength(2);
  });
});
