import { describe, expect, it } from '@jest/globals';
import { explainConfig } from '../src/index.js';
import { SETTING_KEYS, settingDefinition } from '../src/settings.js';
import type { SettingKey } from '../src/settings.js';
import { COLONY, useConfigHome } from './config-home.js';

/** Six values per setting, strongest tier first: flag, environment, project, colony, global. */
const VALUES: Partial<Record<SettingKey, readonly (string | number | boolean)[]>> = {
  'storage.path': ['/flag', '/environment', '/project', '/colony', '/global'],
  'storage.memory_limit': ['51MB', '52MB', '53MB', '54MB', '55MB'],
  'storage.threads': [1, 2, 3, 4, 5],
  'server.host': ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'],
  'server.port': [1, 2, 3, 4, 5],
  'server.otlp_http_port': [0, 2, 3, 4, 5],
  'telemetry.loopback_without_token': [false, true, false, true, false],
  'telemetry.self_metrics': [false, true, false, true, false],
  'log.level': ['trace', 'debug', 'warn', 'error', 'fatal'],
  'discovery.endpoint': ['http://f', 'http://e', 'http://p', 'http://c', 'http://g'],
  'ai.provider': ['f', 'e', 'p', 'c', 'g'],
};
const TIERS = ['flag', 'environment', 'project', 'colony', 'global'] as const;

describe('flag, environment, project, colony, global, default', () => {
  const home = useConfigHome();

  it('covers every setting that may stand in any file', () => {
    expect(Object.keys(VALUES)).toEqual(
      SETTING_KEYS.filter((key) => settingDefinition(key).tiers.length === 3),
    );
  });

  const cases = Object.entries(VALUES).flatMap(([key, values]) =>
    TIERS.map((tier, index) => ({ key: key as SettingKey, values, tier, index })),
  );

  it.each(cases)('$key: $tier wins over all behind it', async ({ key, values, tier, index }) => {
    const [section, name] = key.split('.');
    const { variable, flag } = settingDefinition(key);
    const yaml = (at: number) =>
      index > at ? '' : `${section}: { ${name}: ${JSON.stringify(values[at])} }\n`;
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
    expect(row).toMatchObject({ value: values[index], source: { tier } });
    expect(row!.overrode.map(({ value }) => value)).toEqual([
      ...values.slice(index + 1),
      ...(settingDefinition(key).default === undefined ? [] : [settingDefinition(key).default]),
    ]);
  });
});
