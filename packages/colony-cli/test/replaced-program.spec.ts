import { describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ColonyStatus } from '../src/colony/colony-status-message.js';
import type { RunFile } from '../src/colony/run-file.js';
import { coralPath, useCoral } from './use-coral.js';

describe('a colony whose program is removed while it runs, as an upgrade does', () => {
  const coral = useCoral();

  it('goes on: answers calls, refuses what is wrong, works at its jobs and stops in order', async () => {
    await coral.init();
    const program = coral.dir.file('program');
    await mkdir(program);
    await cp(dirname(coralPath), program, { recursive: true });
    await symlink(
      fileURLToPath(new URL('../../../node_modules', import.meta.url)),
      coral.dir.file('node_modules'),
    );
    const options = ['--json', '--log-level', 'debug', '--log-format', 'json', '--port', '0'];
    const ports = ['--otlp-http-port', 'off', '--otlp-grpc-port', 'off'];
    const colony = await spawnProcess({
      command: process.execPath,
      args: [`${program}/coral.js`, 'colony', 'start', ...options, ...ports],
      cwd: coral.project,
      env: coral.env(),
    });
    const [text] = await colony.waitForOutput(/^\{\n[\s\S]*?\n\}\n/, { stream: 'stdout' });
    const { port } = JSON.parse(text) as RunFile;
    await colony.waitForOutput(/server loaded as a whole/, { stream: 'stderr' });
    await rm(program, { recursive: true });

    const post = (path: string, type: string, body: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
    const health = await post('/grpc.health.v1.Health/Check', 'application/json', '{}');
    expect([health.status, await health.json()]).toEqual([200, { status: 'SERVING' }]);
    const refused = await post('/v1/metrics', 'application/json', 'not JSON');
    expect(refused.status).toBe(400);
    expect((await refused.json()) as object).toHaveProperty('message');
    const { jobs } = await coral.json<ColonyStatus>(['colony', 'status']);
    expect(jobs.length).toBeGreaterThan(5);
    expect(jobs.filter((job) => job.last_error !== null)).toEqual([]);
    expect(await colony.terminate()).toMatchObject({ code: 0 });
  });
});
