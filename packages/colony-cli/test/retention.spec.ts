import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useCoral } from './use-coral.js';

interface PlanRow {
  readonly rule: string;
  readonly rows: number;
  readonly oldest: string | null;
}

const old = '2026-01-01T00:00:00.000Z';

describe('coral colony retention', () => {
  const coral = useCoral();

  async function initWith(retention: string): Promise<string> {
    const id = await coral.init();
    const file = join(coral.project, '.coral', 'config.yaml');
    await writeFile(file, `colony_id: ${id}\nstorage:\n  retention: ${retention}\n`);
    return id;
  }

  const record = (type: string) =>
    coral.json(['events', 'record', type, '--service', 'shop', '--at', old]);
  const types = async () =>
    (await coral.json<{ event_type: string }[]>(['events'])).map((event) => event.event_type);
  const retention = <T>(...args: string[]) => coral.json<T>(['colony', 'retention', ...args]);

  it('plans, applies, lists and undoes, running and stopped', async () => {
    await initWith(
      '{ events: 30d, rules: [{ table: events, event_type: deploy*, keep: forever }] }',
    );
    const { process: colony } = await coral.start(['--no-self-metrics']);
    await record('deploy-1');
    await record('restart');
    const plan = await retention<PlanRow[]>('plan');
    expect(plan.filter(({ rule }) => rule.startsWith('events'))).toEqual([
      expect.objectContaining({ rule: 'events event_type=deploy*', keep_ms: null, rows: 0 }),
      expect.objectContaining({ rule: 'events', keep_ms: 30 * 86_400_000, rows: 1, oldest: old }),
    ]);
    expect(await types()).toHaveLength(2);
    const applied = await retention<{ id: string; rows: number }>('apply');
    expect(applied.rows).toBe(1);
    expect(await types()).toEqual(['deploy-1']);
    const text = await coral.run(['colony', 'status']);
    expect(text.stdout).toMatch(/^retention +1 row deleted \S+ \S+ ago/m);
    expect(text.stdout).toMatch(/^room +\S+ MiB used \(trash \d+ B\), .* of the disk free$/m);
    colony.signal('SIGTERM');
    await colony.waitForExit();

    const listed = await coral.run(['colony', 'retention', 'list']);
    expect(listed.stdout).toContain(applied.id);
    const undone = await coral.run(['colony', 'retention', 'undo', applied.id]);
    expect(undone.stdout).toContain('Brought back 1 row.');
    expect(await types()).toEqual(['restart', 'deploy-1']);
    expect(await retention('list')).toEqual([]);
    const again = await coral.run(['colony', 'retention', 'undo', applied.id]);
    expect(again.code).toBe(65);
    expect(again.stderr).toContain(applied.id);

    const human = await coral.run(['colony', 'retention', 'apply', '--yes']);
    expect(human.stdout).toMatch(/^Deleted 1 row\. Undo it: coral colony retention undo \S+\n$/);
    expect(human.code).toBe(0);
  }, 60_000);

  it('foresees, and says of a file whose disk is short that nothing more is written', async () => {
    await initWith('{ events: 30d }');
    await coral.start(['--no-self-metrics']);
    await coral.json(['events', 'record', 'deploy', '--service', 'shop']);
    const foreseen = await coral.run(['colony', 'retention', 'forecast']);
    expect(foreseen.stdout).toMatch(/^budget reached +no budget \(storage\.max_size\)$/m);
    expect(foreseen.stdout).toMatch(/^disk reached +\S+/m);
    expect(foreseen.stdout).toMatch(/^events +1 row, \d+ a day, .* kept 30 d$/m);
    await coral.json(['colony', 'stop']);

    const env = { CORAL_MIN_FREE_DISK: '4000TB' };
    const refused = await coral.run(['events', 'record', 'deploy', '--service', 'shop'], { env });
    expect(refused.code).toBe(74);
    expect(refused.stderr).toContain('STORAGE_DISK_FULL');
    const read = await coral.run(['events', '--json'], { env });
    expect(JSON.parse(read.stdout)).toHaveLength(1);
  }, 60_000);

  it('answers senders with 503 and writers with RESOURCE_EXHAUSTED while the disk is short, and reads go on', async () => {
    await initWith('{ events: 30d }');
    const env = { CORAL_MIN_FREE_DISK: '4000TB' };
    const { process: colony, run } = await coral.start(['--no-self-metrics'], { env });
    const base = `http://${run.host}:${run.port}`;
    const { stdout } = await coral.run(['colony', 'env']);
    const [, token] = /Bearer(?:%20| )([\w.-]+)/.exec(stdout)!;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'load',
                  gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asDouble: 1 }] },
                },
              ],
            },
          ],
        },
      ],
    };
    const post = (path: string, content: object) =>
      fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(content) });
    expect((await post('/v1/metrics', body)).status).toBe(503);
    const events = [{ serviceId: 'shop', eventType: 'deploy' }];
    const rpc = await post('/coral.colony.v1.ColonyService/RecordEvents', { events });
    expect(await rpc.json()).toMatchObject({ code: 'resource_exhausted' });
    const asked = await post('/api/v1/sql', { sql: 'SELECT 1' });
    expect(asked.status).toBe(200);
    colony.signal('SIGTERM');
    expect((await colony.waitForExit()).code).toBe(0);
  }, 60_000);
});
