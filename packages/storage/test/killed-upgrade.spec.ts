import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { closeFile, openFile, type OpenFile } from '../src/lifecycle/open-file.js';
import { defaultOptions } from '../src/open-options.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { unpackGolden } from './support/golden.js';
import { differingLookUpsOf } from './support/look-ups.js';
import { migrationsAndReshaping } from './support/reshaping.js';
import {
  tableColumns,
  tableRows,
  type TableColumns,
  type TableRows,
} from './support/table-rows.js';

const colonyId = 'golden-dev';
const now = () => Date.UTC(2026, 0, 2);
const open = (file: string) =>
  openFile(file, { ...defaultOptions, migrations: migrationsAndReshaping }, now);
const askOf =
  ({ writer }: OpenFile) =>
  async (sql: string) =>
    (await writer.query(sql)).map((row) => Object.values(row));

describe('an upgrade of schema version 1, killed with -9', () => {
  const dir = useTempDir({ per: 'file' });
  let program: string;
  let steps: readonly string[];
  let oldColumns: TableColumns;
  let expected: { readonly columns: TableColumns; readonly rows: TableRows };
  beforeAll(async () => {
    program = await buildProgram('killed-upgrade');
    await makeTemplate();
    const file = await copyOf('whole');
    oldColumns = await tableColumns((sql) => bareDuckdb(file, sql));
    const output = await upgrade(file, 0, 'before');
    expect(output).toContain('opened');
    steps = output
      .slice(0, output.indexOf('opened'))
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\d+ /, '').replaceAll(dir.path, ''));
    const opened = await open(file);
    const columns = await tableColumns(askOf(opened));
    expected = { columns, rows: await tableRows(askOf(opened), columns) };
    await closeFile(opened);
  }, 60_000);

  /** A file of version 1 with a few rows in each table: it is upgraded some hundred times. */
  async function makeTemplate(): Promise<void> {
    const golden = await unpackGolden(1, dir.path);
    await bareDuckdb(
      golden,
      'DELETE FROM events WHERE id % 40 <> 0',
      `DELETE FROM services WHERE last_seen::TIME <> TIME '12:00:00' AND length(id) < 10`,
      `DELETE FROM metric_summaries WHERE interval <> '5m' OR NOT service_id LIKE '%1'`,
      'CHECKPOINT',
      `ATTACH '${dir.file(`${colonyId}.template`)}' AS template`,
      'COPY FROM DATABASE "golden-dev" TO template',
      'DETACH template',
    );
  }

  async function copyOf(name: string): Promise<string> {
    const directory = dir.file(name);
    await mkdir(directory);
    const file = path.join(directory, `${colonyId}.duckdb`);
    await copyFile(dir.file(`${colonyId}.template`), file);
    return file;
  }

  /** Runs the upgrade in a process of its own, to its end or to the step that kills it. */
  async function upgrade(file: string, step: number, when: string): Promise<string> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, file, String(step), when],
      env: cleanEnv({ home: dir.path }),
    });
    const exit = await child.waitForExit({ timeoutMs: 60_000 });
    expect({ ...exit, stderr: child.stderr }).toEqual(
      step === 0
        ? { code: 0, signal: null, stderr: '' }
        : { code: null, signal: 'SIGKILL', stderr: '' },
    );
    return child.stdout;
  }

  it('goes through the steps that the specs below cut it off at', () => {
    const text = steps.join('\n');
    expect(text).toMatch(/copyFile.*before-v2/s);
    expect(text).toMatch(/upgrading.*BEGIN.*DROP INDEX.*ALTER.*CREATE INDEX.*COMMIT.*CHECKPOINT/s);
    expect(text).toMatch(/rm \S+upgrading/);
  });

  it.each(['before', 'during'] as const)(
    'is whole after the next start, killed %s any of its steps',
    async (when) => {
      for (const [index, step] of steps.entries()) {
        // While a statement runs, only those that write to the disk can be cut in the middle.
        if (when === 'during' && !/COMMIT|CHECKPOINT|copyFile/.test(step)) continue;
        const file = await copyOf(`${when}-${index}`);
        await upgrade(file, index + 1, when);
        const opened = await open(file);
        try {
          const ask = askOf(opened);
          expect([step, await tableColumns(ask)]).toEqual([step, expected.columns]);
          expect([step, await tableRows(ask, expected.columns)]).toEqual([step, expected.rows]);
          expect([step, await differingLookUpsOf(ask)]).toEqual([step, []]);
        } finally {
          await closeFile(opened);
        }
        if (when === 'before') continue;
        // What was closed in order is right to a stock tool too.
        const bare = (sql: string) => bareDuckdb(file, sql);
        expect([step, await differingLookUpsOf(bare)]).toEqual([step, []]);
      }
    },
    300_000,
  );

  it('keeps the copy from before it', async () => {
    const file = await copyOf('kept');
    const fatal = steps.findLastIndex((step) => step.includes('CHECKPOINT'));
    await upgrade(file, fatal + 1, 'before');
    const opened = await open(file);
    expect(opened.recovery).toMatchObject({ clean: false, upgradeUndone: true });
    await closeFile(opened);
    const backup = opened.recovery.upgradeBackup!;
    expect(path.basename(backup)).toBe(`${colonyId}.duckdb.before-v2`);
    expect(await tableColumns((sql) => bareDuckdb(backup, sql))).toEqual(oldColumns);
  });
});
