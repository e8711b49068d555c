import { describe, expect, it } from '@jest/globals';
import { onTestEnd, useTempDir } from '@coral/testkit';
import { readdir, readFile } from 'node:fs/promises';
import { openDatabase, storageErrorCodes } from '../src/index.js';
import { defaultOptions } from '../src/open-options.js';
import { rows } from './support/look-ups.js';
import { runExamples } from './support/run-examples.js';

const page = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('has a row per code, in order, and no other', async () => {
    const codes = [...(await page('docs/errors.md')).matchAll(/^\| `(STORAGE_\w+)`/gm)];
    expect(codes.map(([, code]) => code)).toEqual([...storageErrorCodes]);
  });
});

describe('docs/schema.md', () => {
  const dir = useTempDir();

  it('has every table and column of the file with its type, and no other', async () => {
    const database = await openDatabase({ storagePath: dir.path, colonyId: 'docs-dev' });
    onTestEnd(() => database.close());
    const columns = await rows(
      database,
      `SELECT table_name, column_name, data_type, CASE WHEN is_nullable THEN 'yes' ELSE 'no' END
       FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index`,
    );
    const documented: string[][] = [];
    let table = '';
    for (const line of (await page('docs/schema.md')).split('\n')) {
      table = /^### (\w+)$/.exec(line)?.[1] ?? table;
      const cells = line.split('|').map((cell) => cell.trim());
      if (cells.length === 6 && /^(?:yes|no)$/.test(cells[3]!)) {
        documented.push([table, ...cells.slice(1, 4)]);
      }
    }
    const sorted = documented.sort(([a], [b]) => a!.localeCompare(b!));
    expect(sorted).toEqual(columns.sort(([a], [b]) => String(a).localeCompare(String(b))));
  });

  it('has every index but the keys, and no other', async () => {
    const database = await openDatabase({ storagePath: dir.path, colonyId: 'docs-dev' });
    onTestEnd(() => database.close());
    const indexes = await rows(
      database,
      `SELECT index_name, table_name, trim(expressions, '[]"''') FROM duckdb_indexes() ORDER BY ALL`,
    );
    const documented = [
      ...(await page('docs/schema.md')).matchAll(/^\| `(idx_\w+)` *\| (\w+) *\| (\w+) *\|/gm),
    ].map(([, ...cells]) => cells);
    expect(documented.sort()).toEqual(indexes);
  });

  it('names every sequence', async () => {
    const database = await openDatabase({ storagePath: dir.path, colonyId: 'docs-dev' });
    onTestEnd(() => database.close());
    const text = await page('docs/schema.md');
    const sequences = await rows(database, 'SELECT sequence_name FROM duckdb_sequences()');
    expect(sequences.length).toBe(2);
    for (const [name] of sequences) expect(text).toContain(`\`${String(name)}\``);
  });
});

describe('README.md', () => {
  const dir = useTempDir();

  it('shows examples that work, one after the other', async () => {
    const lines = await runExamples(await page('README.md'), dir.path);
    expect(lines[0]).toMatchObject([[{ serviceId: 'checkout', eventType: 'deploy' }]]);
    expect(lines[1]).toMatchObject([
      [{ name: 'service_id' }, { name: 'events' }],
      [
        ['cart', 1],
        // Two that it records, and its new connection to postgres.
        ['checkout', 3],
      ],
    ]);
    expect(lines[2]).toEqual(['open elsewhere, by process', process.pid]);
    expect(lines).toHaveLength(3);
  });

  it('lists every option with its default', async () => {
    const text = await page('README.md');
    for (const name of Object.keys(defaultOptions))
      expect(text).toMatch(new RegExp(`^\\| \`${name}\``, 'm'));
    const value = (name: string) =>
      new RegExp(`^\\| \`${name}\` *\\| [^|]+\\| ([^|]+) \\|`, 'm').exec(text)![1]!.trim();
    expect(defaultOptions).toEqual({
      memoryLimitBytes: Number.parseInt(value('memoryLimitBytes')) * 1024 ** 2,
      threads: Number(value('threads')),
      maxReaders: Number(value('maxReaders')),
      readTimeoutMs: Number(value('readTimeoutMs').replace(',', '')),
      acceptLateMs: Number.parseInt(value('acceptLateMs')) * 3_600_000,
      acceptEarlyMs: Number.parseInt(value('acceptEarlyMs')) * 60_000,
      stoppedAfterMs: Number.parseInt(value('stoppedAfterMs')) * 60_000,
      migrate: value('migrate').replaceAll('`', ''),
      hotWindowMs: Number.parseInt(value('hotWindowMs')) * 3_600_000,
      minFreeDiskBytes: Number(value('minFreeDiskBytes')),
      maxSizeBytes: Number(value('maxSizeBytes')),
      maxSeries: Number(value('maxSeries').replaceAll(',', '')),
      maxSeriesPerMetric: Number(value('maxSeriesPerMetric').replaceAll(',', '')),
      maxSpansPerHour: Number(value('maxSpansPerHour').replaceAll(',', '')),
    });
  });
});

describe('docs/', () => {
  const dir = useTempDir();

  it('shows examples that work', async () => {
    for (const name of await readdir(new URL('../docs/', import.meta.url))) {
      await runExamples(await page(`docs/${name}`), dir.file(name));
    }
  });
});
