import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { eventually, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { tasks } from '../src/tasks/registry.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

interface Line {
  readonly progress?: { readonly phase: string };
  readonly end?: unknown;
  readonly error?: { readonly code: string };
}

const dir = useTempDir();

async function run(colony: TestColony, name: string, input: object): Promise<Line[]> {
  const response = await colony.post(`/api/v1/tasks/${name}`, input);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/x-ndjson',
  ]);
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('POST /api/v1/tasks/{name}', () => {
  it('tells how far it is, and last its result', async () => {
    const colony = await startColony();
    await colony.database.recordEvent({ serviceId: 'cart', eventType: 'deploy' });
    const output = dir.file('backup.duckdb');
    const lines = await run(colony, 'backup', { output });
    expect(lines[0]).toEqual({ progress: { phase: 'start', done: 0, unit: 'steps' } });
    expect(lines.slice(0, -1).every(({ progress }) => progress !== undefined)).toBe(true);
    expect(lines.at(-1)).toEqual({
      end: {
        output,
        encrypted: false,
        duration_ms: expect.any(Number),
        manifest: expect.objectContaining({ coralVersion: '0.0.0-test' }),
      },
    });
    expect((await stat(output)).size).toBeGreaterThan(0);
  });

  it('ends with an error line when it fails', async () => {
    const colony = await startColony();
    const output = dir.file('no-such-folder', 'backup.duckdb');
    expect((await run(colony, 'backup', { output })).at(-1)).toMatchObject({
      error: { code: 'STORAGE_PATH_NOT_WRITABLE', message: expect.any(String) },
    });
  });

  it.each([
    [{}, 'output'],
    [{ output: 'relative.duckdb' }, 'output'],
    [{ output: '/a\0b' }, 'output'],
    [{ output: 5 }, 'output'],
    [{ output: '/x', overwrite: 'yes' }, 'overwrite'],
    [{ output: '/x', key_file: 'k' }, 'key_file'],
    [{ output: '/x', key_file: '/k', key: 'k' }, 'key'],
    [{ output: '/x', compress: true }, 'compress'],
  ])('refuses the input %j before it begins', async (input, field) => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/tasks/backup', input);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'SERVER_INPUT_INVALID',
      details: { field },
    });
  });

  it.each([
    [{ status: 'dismissed' }, 'ids'],
    [{ ids: [], status: 'dismissed' }, 'ids'],
    [{ ids: [1, '2'], status: 'dismissed' }, 'ids'],
    [{ ids: [1.5], status: 'dismissed' }, 'ids'],
    [{ ids: [0], status: 'resolved' }, 'ids'],
    [{ ids: [1] }, 'status'],
    [{ ids: [1], status: 'active' }, 'status'],
    [{ ids: [1], status: 'dismissed', why: 'noise' }, 'why'],
  ])('ends no insights by %j', async (input, field) => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/tasks/insight-end', input);
    expect([response.status, await response.json()]).toMatchObject([400, { details: { field } }]);
  });

  it('knows its tasks, and says which there are', async () => {
    const colony = await startColony();
    const response = await colony.post('/api/v1/tasks/dance', {});
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'SERVER_TASK_UNKNOWN',
      details: { tasks: expect.arrayContaining(['backup']) },
    });
  });

  it('is for holders of the token only', async () => {
    const colony = await startColony();
    const response = await fetch(`${colony.url}/api/v1/tasks/backup`, { method: 'POST' });
    expect(response.status).toBe(401);
  });

  it('runs brief tasks beside each other', async () => {
    const colony = await startColony();
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        colony.database.createInsight({
          insightType: 'anomaly',
          priority: 'low',
          title: `Trouble ${n}`,
          summary: 'What there is to know.',
        }),
      ),
    );
    const answers = await Promise.all(
      ids.map((id) => run(colony, 'insight-end', { ids: [id], status: 'dismissed' })),
    );
    expect(answers.map((lines) => lines.at(-1))).toEqual(
      ids.map((id, n) => ({
        end: { insights: [{ id, title: `Trouble ${n}`, status: 'dismissed', changed: true }] },
      })),
    );
  });

  it('runs each task once at a time, and stops it when its caller goes away', async () => {
    const colony = await startColony();
    const output = dir.file('backup.duckdb');
    const request = httpRequest(`${colony.url}/api/v1/tasks/backup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...colony.auth },
    });
    request.on('error', () => undefined);
    const begun = new Promise((resolve) => request.once('response', resolve));
    request.end(JSON.stringify({ output }));
    await begun;
    const second = await colony.post('/api/v1/tasks/backup', { output });
    expect([second.status, await second.json()]).toEqual([
      409,
      { code: 'SERVER_TASK_RUNNING', message: expect.any(String) },
    ]);
    request.destroy();
    await eventually(
      async () => (await run(colony, 'backup', { output }).catch(() => [])).at(-1)?.end,
    );
  });

  it('stops a task when the colony closes', async () => {
    const colony = await startColony({ closeGraceMs: 0 });
    const output = dir.file('backup.duckdb');
    const response = await colony.post('/api/v1/tasks/backup', { output });
    await colony.server.close();
    await colony.database.close();
    await response.text().catch(() => undefined);
    await expect(stat(`${output}.partial`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has a row in docs/http-api.md for every task, and for no other', () => {
    const text = readFileSync(new URL('../docs/http-api.md', import.meta.url), 'utf8');
    const section = text.split('## `POST /api/v1/tasks/{name}`')[1]!.split('\n## ')[0]!;
    const described = [...section.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    expect(described.sort()).toEqual(tasks.map(({ name }) => name).sort());
  });
});
