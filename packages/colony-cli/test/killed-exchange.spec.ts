// Export and import, killed with -9 in their middle, and begun again.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { eventually } from '@coral/testkit';
import type { StartedColony } from './use-coral.js';
import { useCoral } from './use-coral.js';

const coral = useCoral();
const rows = 20_000;
const storagePath = () => join(coral.project, '.coral');
const contents = `SELECT count(*) AS n, count(DISTINCT id) AS ids, count(DISTINCT details) AS events,
  sum(hash(id, timestamp, event_type, details))::VARCHAR AS hash
  FROM events WHERE service_id = 'shop/api'`;

async function contentsOf(colonyId: string) {
  const [found] = await coral.json<Record<string, unknown>[]>(['sql', contents, '-c', colonyId]);
  return found;
}

/** A stopped colony with so many events. */
async function prepare(app: string, events: number): Promise<string> {
  const { openDatabase } = await import('@coral/storage');
  const colonyId = await coral.init(app);
  const database = await openDatabase({ storagePath: storagePath(), colonyId });
  try {
    await database.recordEvents(
      Array.from({ length: events }, (_, n) => ({
        serviceId: 'shop/api',
        eventType: 'deploy',
        timestamp: new Date(Date.UTC(2026, 0, 1) + n * 1000),
        details: { n, text: 'x'.repeat(200) },
      })),
    );
  } finally {
    await database.close();
  }
  return colonyId;
}

const exportTo = (output: string, ...more: string[]) => [
  ...['colony', 'export', 'events', '--output', output, '--where', `service_id = 'shop/api'`],
  ...(more.length > 0 ? more : ['--format', 'csv']),
];

/** Its files in the project and, for a while, in the colony's work folder. */
async function filesOf(colonyId: string, output: string): Promise<string[]> {
  const work = join(storagePath(), `${colonyId}.work`);
  const inWork = existsSync(work) ? await readdir(work) : [];
  const inProject = (await readdir(coral.project)).filter((name) => name.startsWith(output));
  return [...inProject.sort(), ...inWork.filter((name) => name.startsWith('export'))];
}

it('an export that is killed leaves nothing under its name, and the next one makes it', async () => {
  const colonyId = await prepare('shop', rows);
  await coral.json(exportTo('whole.csv'));
  const whole = await readFile(join(coral.project, 'whole.csv'), 'utf8');
  const isIn = {
    'the work folder': () => filesOf(colonyId, 'again').then((files) => files.length > 0),
    'its draft': () => existsSync(join(coral.project, 'again.csv.partial')),
  };
  for (const [place, isThere] of Object.entries(isIn)) {
    const child = await coral.spawn(exportTo('again.csv'));
    await eventually(isThere, { timeoutMs: 30_000, intervalMs: 1 });
    await child.kill9();
    expect([place, existsSync(join(coral.project, 'again.csv'))]).toEqual([place, false]);
  }
  await coral.json(exportTo('again.csv'));
  expect(await readFile(join(coral.project, 'again.csv'), 'utf8')).toBe(whole);
  expect(await filesOf(colonyId, 'again')).toEqual(['again.csv', 'again.csv.schema.json']);
}, 120_000);

it('a folder whose export was killed does not get its name, and is named by the next one', async () => {
  await prepare('shop', rows);
  const days = exportTo('days', '--format', 'parquet', '--partition-by', 'day');
  const child = await coral.spawn(days);
  const draft = join(coral.project, 'days.partial');
  await eventually(() => existsSync(draft), { timeoutMs: 30_000, intervalMs: 1 });
  await child.kill9();
  expect(existsSync(join(coral.project, 'days'))).toBe(false);
  const again = await coral.run(days);
  expect(again.code).toBe(73);
  expect(again.stderr).toContain(draft);
}, 60_000);

/** Starts an import into a stopped or a running colony, and kills whoever writes its rows. */
async function importAndKill(file: string, colonyId: string, running?: StartedColony) {
  const args = ['colony', 'import', file, '--table', 'events', '-c', colonyId];
  const child = await coral.spawn(args);
  await child.waitForOutput(/^write/m, { stream: 'stderr', timeoutMs: 60_000 });
  await (running?.process ?? child).kill9();
  expect((await child.waitForExit({ timeoutMs: 30_000 })).code).not.toBe(0);
}

it.each(['running', 'stopped'])(
  'an import into a %s colony that is killed ends in exactly the rows when it is repeated',
  async (state) => {
    const from = await prepare('shop', rows);
    await coral.json(exportTo('events.csv'));
    const expected = await contentsOf(from);
    const to = await prepare('other', 0);
    const start = () => coral.start(['--no-self-metrics', '-c', to]);
    await importAndKill('events.csv', to, state === 'running' ? await start() : undefined);
    if (state === 'running') await start();
    const left = await contentsOf(to);
    expect(left!['n']).toBe(left!['ids']);
    await coral.json(['colony', 'import', 'events.csv', '-c', to]);
    expect(await contentsOf(to)).toEqual(expected);
    expect(expected).toMatchObject({ n: rows, ids: rows });
  },
  180_000,
);

it('an import of events without ids that is killed has each of them once when it is repeated', async () => {
  const colonyId = await prepare('shop', 0);
  const line = (n: number) => `2026-01-01T00:00:00Z,shop/api,deploy,"{""n"":${n}}"`;
  const lines = [
    'timestamp,service_id,event_type,details',
    ...Array.from({ length: rows }, (_, n) => line(n)),
  ];
  await writeFile(join(coral.project, 'events.csv'), lines.join('\n'));
  await importAndKill('events.csv', colonyId);
  await coral.json(['colony', 'import', 'events.csv', '--table', 'events']);
  expect(await contentsOf(colonyId)).toMatchObject({ n: rows, ids: rows, events: rows });
}, 180_000);
