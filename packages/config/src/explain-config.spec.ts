import { describe, expect, it } from '@jest/globals';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { explainConfig } from './explain-config.js';
import { describeSource } from './setting-source.js';

describe('explainConfig', () => {
  const home = useConfigHome();

  it('names the source of a value and everything it overrode, nearest first', async () => {
    const global = await home.writeGlobal('server:\n  port: 4\n');
    const colony = await home.writeColony(COLONY, 'server:\n  port: 3\n');
    const project = await home.writeProject(`colony_id: ${COLONY}\n\nserver:\n  port: 2\n`);
    const rows = await explainConfig({
      ...home.context({ env: { CORAL_PORT: '1' }, flags: { port: 0 } }),
      key: 'server.port',
    });
    expect(rows).toEqual([
      {
        key: 'server.port',
        value: 0,
        source: { tier: 'flag', flag: '--port' },
        overrode: [
          { value: 1, source: { tier: 'environment', variable: 'CORAL_PORT' } },
          { value: 2, source: { tier: 'project', file: project, line: 4, column: 9 } },
          { value: 3, source: { tier: 'colony', file: colony, line: 3, column: 9 } },
          { value: 4, source: { tier: 'global', file: global, line: 2, column: 9 } },
          { value: 9000, source: { tier: 'default' } },
        ],
      },
    ]);
  });

  it('redacts secrets and shows the rest of the colony', async () => {
    await home.writeColony(COLONY, 'environment: dev\n');
    const rows = await explainConfig(home.context());
    expect(rows).toContainEqual(
      expect.objectContaining({
        key: 'colony_secret',
        value: '[redacted]',
        source: expect.objectContaining({ tier: 'colony', line: 1 }),
      }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ key: 'environment', value: 'dev' }));
    expect(JSON.stringify(rows)).not.toContain('0123456789abcdef');
  });

  it('shows paths where they lead', async () => {
    await home.writeColony(COLONY, 'storage_path: data\n');
    const rows = await explainConfig({ ...home.context(), key: 'storage.path' });
    expect(rows).toMatchObject([
      { value: home.file('project', 'data'), source: { tier: 'colony', line: 2 } },
    ]);
    expect(await explainConfig({ ...home.context(), key: 'base_dir' })).toMatchObject([
      { value: home.baseDir, source: { tier: 'default' } },
    ]);
  });

  it('explains a section', async () => {
    await home.writeColony(COLONY);
    const rows = await explainConfig({ ...home.context(), key: 'storage' });
    expect(rows.map(({ key }) => key)).toEqual([
      'storage.path',
      'storage.memory_limit',
      'storage.threads',
      'storage.migrate',
      'storage.hot_window',
      'storage.retention.metric_summaries',
      'storage.retention.events',
      'storage.retention.insights',
      'storage.retention.service_connections',
      'storage.retention.baselines',
      'storage.retention.services',
      'storage.retention.rules',
      'storage.trash',
      'storage.max_size',
      'storage.min_free_disk',
      'storage.max_series',
      'storage.max_series_per_metric',
      'storage.max_spans_per_hour',
    ]);
    expect(rows[1]).toMatchObject({ value: undefined, source: { tier: 'default' }, overrode: [] });
  });

  it('works without a colony and says why there is none', async () => {
    const rows = await explainConfig({ ...home.context(), key: 'colony_id' });
    expect(rows).toMatchObject([{ value: undefined }]);
    expect(describeSource(rows[0]!.source)).toContain('coral init');
  });

  it('says that the only colony was taken for being the only one', async () => {
    await home.writeColony(COLONY);
    const [row] = await explainConfig({ ...home.context(), key: 'colony_id' });
    expect(row).toMatchObject({ value: COLONY });
    expect(describeSource(row!.source)).toContain('the only colony in');
  });

  it('refuses a key that is none, with a suggestion', async () => {
    await expect(explainConfig({ ...home.context(), key: 'storage.pth' })).rejects.toMatchObject({
      code: 'CONFIG_UNKNOWN_KEY',
      details: { key: 'storage.pth', suggestion: 'storage.path' },
    });
  });
});

describe('describeSource', () => {
  it.each([
    [{ tier: 'flag', flag: '--port' }, 'flag --port'],
    [{ tier: 'environment', variable: 'CORAL_PORT' }, 'environment variable CORAL_PORT'],
    [{ tier: 'project', file: '/p/config.yaml', line: 3, column: 7 }, 'project /p/config.yaml:3'],
    [{ tier: 'default' }, 'default'],
    [{ tier: 'default', note: 'not set' }, 'default (not set)'],
  ] as const)('reads %j as %s', (source, words) => {
    expect(describeSource(source)).toBe(words);
  });
});
