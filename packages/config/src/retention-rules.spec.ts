import { describe, expect, it } from '@jest/globals';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { explainConfig } from './explain-config.js';
import { resolveConfig } from './resolve-config.js';

const day = 86_400_000;

describe('storage.retention', () => {
  const home = useConfigHome();

  it('becomes rules, finer ones first, in the order of the file', async () => {
    await home.writeColony(COLONY);
    await home.writeProject(
      `colony_id: ${COLONY}
storage:
  retention:
    metric_summaries: 12h
    events: forever
    rules:
      - { table: events, event_type: 'deploy*', service: shop, keep: 2y }
      - { table: metric_summaries, interval: 5m, metric: '*.latency', keep: forever }
`,
    );
    const { storage } = await resolveConfig(home.context());
    expect(storage.retention.slice(0, 7)).toEqual([
      { table: 'events', eventType: 'deploy*', service: 'shop', keepMs: 730 * day },
      { table: 'metric_summaries', interval: '5m', metric: '*.latency' },
      { table: 'metric_summaries', interval: '5m', keepMs: day / 2 },
      { table: 'metric_summaries', interval: '15m', keepMs: day / 2 },
      { table: 'metric_summaries', interval: '1h', keepMs: day / 2 },
      { table: 'metric_summaries', interval: '1d', keepMs: day / 2 },
      { table: 'events' },
    ]);
  });

  it('is decided by the nearest file, mapping for mapping; what it leaves out keeps its default', async () => {
    await home.writeGlobal('storage: { retention: { metric_summaries: 1d, events: 1d } }\n');
    await home.writeColony(
      COLONY,
      'storage: { retention: { metric_summaries: { 1h: forever } }, max_size: 2GB, trash: 0d }\n',
    );
    const { storage } = await resolveConfig(
      home.context({ env: { CORAL_MIN_FREE_DISK: '1GiB', CORAL_HOT_WINDOW: '2d' } }),
    );
    expect(storage).toMatchObject({
      trashMs: 0,
      maxSizeBytes: 2e9,
      minFreeDiskBytes: 1024 ** 3,
      hotWindowMs: 2 * day,
    });
    expect(storage.retention.slice(0, 5)).toEqual([
      { table: 'metric_summaries', interval: '5m', keepMs: 30 * day },
      { table: 'metric_summaries', interval: '15m', keepMs: 90 * day },
      { table: 'metric_summaries', interval: '1h' },
      { table: 'metric_summaries', interval: '1d', keepMs: 730 * day },
      { table: 'events', keepMs: day },
    ]);
  });

  it('is explained in one line of YAML', async () => {
    await home.writeColony(
      COLONY,
      "storage: { retention: { rules: [{ table: events, service: '*-dev', keep: 1d }] } }\n",
    );
    const rows = await explainConfig({ ...home.context(), key: 'storage.retention' });
    expect(rows.map(({ key, value }) => [key, value])).toEqual([
      ['storage.retention.metric_summaries', '{ 5m: 30d, 15m: 90d, 1h: 180d, 1d: 2y }'],
      ['storage.retention.events', '90d'],
      ['storage.retention.insights', '7d'],
      ['storage.retention.service_connections', 'forever'],
      ['storage.retention.baselines', 'forever'],
      ['storage.retention.services', 'forever'],
      ['storage.retention.rules', '[{ table: events, service: "*-dev", keep: 1d }]'],
    ]);
  });

  it.each([
    ['events: 30', 'storage.retention.events must be a duration', 3],
    ['events: 10m', 'storage.retention.events must be a duration', 3],
    ['metric_summaries: { 5m: 7d, 15m: soon }', 'metric_summaries.15m must be a duration', 3],
    ['metric_summaries: { 5min: 7d }', 'unknown key "storage.retention.metric_summaries.5min"', 3],
    ['metric_summaries: [7d]', 'or a mapping of such by interval', 3],
    ['rules: 7d', 'storage.retention.rules must be a list', 3],
    ['rules:\n      - { table: points, keep: 7d }', 'rules.0.table must be one of', 4],
    ['rules:\n      - { table: events, keep: 7 }', 'rules.0.keep must be a duration', 4],
    ['rules:\n      - { table: events }', 'rules.0.keep must be a duration', 4],
    ['rules:\n      - { table: events, metric: x, keep: 7d }', 'conditions its table has', 4],
    ['rules:\n      - { table: events, kep: 7d, keep: 7d }', 'unknown key', 4],
    ['eventz: 7d', 'did you mean "storage.retention.events"', 3],
  ])('refuses %j with its place', async (line, message, at) => {
    await home.writeColony(COLONY);
    const file = await home.writeProject(`storage:\n  retention:\n    ${line}\n`);
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      message: expect.stringContaining(message),
      details: { file, line: at },
    });
  });

  it.each([
    ['CORAL_MAX_SIZE', '2'],
    ['CORAL_MAX_SIZE', '1MB'],
    ['CORAL_TRASH', 'never'],
    ['CORAL_HOT_WINDOW', '5m'],
  ])('refuses %s=%s', async (variable, value) => {
    await home.writeColony(COLONY);
    await expect(resolveConfig(home.context({ env: { [variable]: value } }))).rejects.toMatchObject(
      { code: 'CONFIG_INVALID_VALUE', details: { variable } },
    );
  });
});
