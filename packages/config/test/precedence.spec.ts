import { describe, expect, it } from '@jest/globals';
import { explainConfig } from '../src/index.js';
import { SETTING_KEYS, settingDefinition } from '../src/settings.js';
import type { SettingKey, SettingValue } from '../src/settings.js';
import { inOneLine } from '../src/in-one-line.js';
import { COLONY, useConfigHome } from './config-home.js';

/** Five values per setting, strongest tier first: flag, environment, project, colony, global. */
const VALUES: Partial<Record<SettingKey, readonly SettingValue[]>> = {
  'storage.path': ['/flag', '/environment', '/project', '/colony', '/global'],
  'storage.memory_limit': ['51MB', '52MB', '53MB', '54MB', '55MB'],
  'storage.threads': [1, 2, 3, 4, 5],
  'storage.migrate': [false, true, false, true, false],
  'storage.hot_window': ['6h', '7h', '8h', '9h', '10h'],
  'storage.retention.metric_summaries': ['1d', '2d', '3d', { '5m': '4d' }, '5d'],
  'storage.retention.events': ['1d', '2d', '3d', '4d', 'forever'],
  'storage.retention.insights': ['1d', '2d', '3d', '4d', '5d'],
  'storage.retention.service_connections': ['1d', '2d', '3d', '4d', '5d'],
  'storage.retention.baselines': ['1d', '2d', '3d', '4d', '5d'],
  'storage.retention.services': ['1d', '2d', '3d', '4d', '5d'],
  'storage.retention.rules': [[], [], [{ table: 'events', keep: '1d' }], [], []],
  'storage.trash': ['1d', '2d', '3d', '4d', '5d'],
  'storage.max_size': ['1GB', '2GB', '3GB', '4GB', '5GB'],
  'storage.min_free_disk': ['1GB', '2GB', '3GB', '4GB', '5GB'],
  'storage.max_series': [1, 2, 3, 4, 5],
  'storage.max_series_per_metric': [1, 2, 3, 4, 5],
  'storage.max_spans_per_hour': [1, 2, 3, 4, 5],
  'backup.schedule': ['1h', '2h', '3h', '4h', 'daily 05:00'],
  'backup.directory': ['/flag', '/environment', '/project', '/colony', '/global'],
  'backup.keep': ['1 daily', '2 daily', '3 daily', { weekly: 4 }, '5 daily'],
  'backup.key_file': ['/flag', '/environment', '/project', '/colony', '/global'],
  'server.host': ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'],
  'server.port': [1, 2, 3, 4, 5],
  'server.otlp_http_port': [0, 2, 3, 4, 5],
  'server.otlp_grpc_port': [0, 2, 3, 4, 5],
  'telemetry.loopback_without_token': [false, true, false, true, false],
  'telemetry.self_metrics': [false, true, false, true, false],
  'telemetry.prometheus.service_labels': ['f', 'e', 'p', 'c', 'g, job'],
  'telemetry.prometheus.per_instance': ['f', 'e', 'p', 'none', 'g, node'],
  'telemetry.stopped_after': ['1m', '2m', '3m', '4m', '6m'],
  'telemetry.accept_late': ['1m', '2h', '3h', '1d', '7d'],
  scrape: [[], [], [{ job: 'p', targets: ['p:1'] }], [{ job: 'c', targets: ['c:1'] }], []],
  'log.level': ['trace', 'debug', 'warn', 'error', 'fatal'],
  'discovery.endpoint': ['http://f', 'http://e', 'http://p', 'http://c', 'http://g'],
  'ai.provider': ['f', 'e', 'p', 'c', 'g'],
};
const TIERS = ['flag', 'environment', 'project', 'colony', 'global'] as const;

/** Mappings and lists have no flag and no variable. */
function hasTier(key: SettingKey, tier: (typeof TIERS)[number]): boolean {
  if (tier === 'flag') return settingDefinition(key).flag !== undefined;
  return tier !== 'environment' || settingDefinition(key).variable !== undefined;
}

describe('flag, environment, project, colony, global, default', () => {
  const home = useConfigHome();

  it('covers every setting that may stand in any file', () => {
    expect(Object.keys(VALUES)).toEqual(
      SETTING_KEYS.filter((key) => settingDefinition(key).tiers.length === 3),
    );
  });

  const cases = Object.entries(VALUES).flatMap(([key, values]) =>
    TIERS.map((tier, index) => ({ key: key as SettingKey, values, tier, index })).filter(
      ({ tier }) => hasTier(key as SettingKey, tier),
    ),
  );

  it.each(cases)('$key: $tier wins over all behind it', async ({ key, values, tier, index }) => {
    const [section, ...path] = key.split('.');
    const { variable, flag, default: fallback } = settingDefinition(key);
    const yaml = (at: number) =>
      index > at
        ? ''
        : `${section}: ${JSON.stringify(path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), values[at]))}\n`;
    await home.writeProject(yaml(2));
    await home.writeColony(COLONY, yaml(3));
    await home.writeGlobal(yaml(4));
    const [row] = await explainConfig({
      ...home.context({
        flags: index > 0 ? {} : { [flag!]: values[0] },
        env: index > 1 ? {} : { [variable!]: String(values[1]) },
      }),
      key,
    });
    expect(row).toMatchObject({ value: inOneLine(values[index]!), source: { tier } });
    expect(row!.overrode.map(({ value }) => value)).toEqual([
      ...values.slice(index + 1).map(inOneLine),
      ...(fallback === undefined ? [] : [inOneLine(fallback)]),
    ]);
  });
});
