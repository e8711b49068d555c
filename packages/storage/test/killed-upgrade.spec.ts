import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closeFile, openFile, type OpenFile } from '../src/lifecycle/open-file.js';
import { defaultOptions } from '../src/open-options.js';
import { bareDuckdb, withBareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { contentOf } from './support/content-of.js';
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
    oldColumns = await withBareDuckdb(file, tableColumns);
    await mkdir(dir.file('copies'));
    const output = await upgrade(file, dir.file('copies'));
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

  /** Runs the upgrade in a process of its own: to the step that kills it, or to its end. */
  async function upgrade(file: string, fatalStepOrCopies: number | string): Promise<string> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, file, String(fatalStepOrCopies)],
      env: cleanEnv({ home: dir.path }),
    });
    const exit = await child.waitForExit({ timeoutMs: 60_000 });
    expect({ ...exit, stderr: child.stderr }).toEqual(
      typeof fatalStepOrCopies === 'string'
        ? { code: 0, signal: null, stderr: '' }
        : { code: null, signal: 'SIGKILL', stderr: '' },
    );
    return child.stdout;
  }

  /** Opens what a kill left, and compares it with an upgrade that nothing disturbed. */
  async function expectWhole(step: string, file: string): Promise<void> {
    const opened = await open(file);
    try {
      const ask = askOf(opened);
      expect([step, await tableColumns(ask)]).toEqual([step, expected.columns]);
      expect([step, await tableRows(ask, expected.columns)]).toEqual([step, expected.rows]);
      expect([step, await differingLookUpsOf(ask)]).toEqual([step, []]);
    } finally {
      await closeFile(opened);
    }
  }

  /** The mark of an upgrade names the file that is upgraded by its inode, and a copy has another one. */
  async function nameInode(file: string): Promise<void> {
    const mark = `${file}.upgrading`;
    if (!existsSync(mark)) return;
    const inode = String((await stat(file, { bigint: true })).ino);
    const told = JSON.parse(await readFile(mark, 'utf8')) as object;
    await writeFile(mark, JSON.stringify({ ...told, inode }));
  }

  it('goes through the steps that the specs below cut it off at', () => {
    const text = steps.join('\n');
    expect(text).toMatch(/copyFile.*before-v2/s);
    expect(text).toMatch(/upgrading.*BEGIN.*DROP INDEX.*ALTER.*CREATE INDEX.*COMMIT.*CHECKPOINT/s);
    expect(text).toMatch(/rm \S+upgrading/);
  });

  it('is whole after the next start, killed before any of its steps', async () => {
    const seen = new Set<string>();
    for (const [index, step] of steps.entries()) {
      const copy = dir.file('copies', String(index + 1));
      // Statements of a transaction change no file: what they leave is opened once.
      const content = await contentOf(copy);
      if (seen.has(content)) continue;
      seen.add(content);
      const file = path.join(copy, `${colonyId}.duckdb`);
      await nameInode(file);
      await expectWhole(step, file);
    }
    expect(seen.size).toBeGreaterThan(20);
  }, 300_000);

  it('is whole after the next start, killed in a step that writes to the disk', async () => {
    for (const [index, step] of steps.entries()) {
      if (!/COMMIT|CHECKPOINT|copyFile/.test(step)) continue;
      const file = await copyOf(`during-${index}`);
      await upgrade(file, index + 1);
      await expectWhole(step, file);
      // What was closed in order is right to a stock tool too.
      expect([step, await withBareDuckdb(file, differingLookUpsOf)]).toEqual([step, []]);
    }
  }, 300_000);

  it('keeps the copy from before it', async () => {
    const file = await copyOf('kept');
    const fatal = steps.findLastIndex((step) => step.includes('CHECKPOINT'));
    await upgrade(file, fatal + 1);
    const opened = await open(file);
    expect(opened.recovery).toMatchObject({ clean: false, upgradeUndone: true });
    await closeFile(opened);
    const backup = opened.recovery.upgradeBackup!;
    expect(path.basename(backup)).toBe(`${colonyId}.duckdb.before-v2`);
    expect(await withBareDuckdb(backup, tableColumns)).toEqual(oldColumns);
  });
});
