import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { resolveConfig } from './resolve-config.js';
import { createWireguardKeys } from './wireguard-keys.js';

const day = 86_400_000;

describe('resolveConfig', () => {
  const home = useConfigHome();

  it('gives defaults for whatever nobody sets', async () => {
    await home.writeColony(COLONY);
    const config = await resolveConfig(home.context());
    expect(config).toEqual({
      baseDir: home.baseDir,
      colonyId: COLONY,
      colonySecret: expect.anything(),
      storage: {
        path: home.file('project', '.coral'),
        databasePath: home.file('project', '.coral', `${COLONY}.duckdb`),
        migrate: true,
        hotWindowMs: day,
        retention: [
          { table: 'metric_summaries', interval: '5m', keepMs: 30 * day },
          { table: 'metric_summaries', interval: '15m', keepMs: 90 * day },
          { table: 'metric_summaries', interval: '1h', keepMs: 180 * day },
          { table: 'metric_summaries', interval: '1d', keepMs: 2 * 365 * day },
          { table: 'events', keepMs: 90 * day },
          { table: 'insights', keepMs: 7 * day },
          { table: 'service_connections' },
          { table: 'baselines' },
          { table: 'services' },
        ],
        trashMs: 7 * day,
        minFreeDiskBytes: 256_000_000,
        maxSeries: 1_000_000,
        maxSeriesPerMetric: 200_000,
        maxSpansPerHour: 10_000_000,
      },
      backup: {
        directory: home.file('project', '.coral', 'backups'),
        keep: { daily: 7, weekly: 4 },
      },
      server: { host: '127.0.0.1', port: 9000, otlpHttpPort: 4318, otlpGrpcPort: 4317 },
      telemetry: {
        loopbackWithoutToken: false,
        selfMetrics: true,
        stoppedAfterMs: 300_000,
        acceptLateMs: 3_600_000,
        prometheus: {
          serviceLabels: ['service_name', 'service', 'job'],
          perInstance: [
            'node',
            'node-exporter',
            'node_exporter',
            'windows-exporter',
            'windows_exporter',
          ],
        },
      },
      scrape: [],
      log: { level: 'info' },
      discovery: {},
      ai: {},
      warnings: [],
    });
    expect(config.colonySecret.reveal()).toBe('0123456789abcdef0123456789abcdef');
  });

  it('gives everything that files say', async () => {
    const keys = createWireguardKeys((size) => new Uint8Array(size).fill(7));
    await home.writeGlobal(
      `default_colony: ${COLONY}\nlog: { level: debug }\nai: { provider: anthropic }\n` +
        'discovery: { endpoint: http://127.0.0.1:8080 }\n',
    );
    await home.writeColony(
      COLONY,
      `colony_id: ${COLONY}\napplication_name: Alex\nenvironment: dev\n` +
        `wireguard: { private_key: ${keys.privateKey} }\nstorage_path: data\n` +
        'storage: { memory_limit: 512MB, threads: 2 }\n' +
        'server: { host: "::1", port: 9100, otlp_http_port: false, otlp_grpc_port: 0 }\n' +
        'telemetry: { loopback_without_token: true, self_metrics: false }\n',
    );
    await home.writeProject('# nothing of its own\n');
    expect(await resolveConfig(home.context())).toMatchObject({
      projectDir: home.projectDir,
      applicationName: 'Alex',
      environment: 'dev',
      wireguard: { publicKey: keys.publicKey },
      storage: { path: home.file('project', 'data'), memoryLimitBytes: 512_000_000, threads: 2 },
      server: { host: '::1', port: 9100 },
      telemetry: { loopbackWithoutToken: true, selfMetrics: false },
      log: { level: 'debug' },
      discovery: { endpoint: 'http://127.0.0.1:8080' },
      ai: { provider: 'anthropic' },
    });
  });

  it.each(['0', 'false', 'off'])('turns the OTLP ports off for %s', async (value) => {
    await home.writeColony(COLONY);
    const config = await resolveConfig(
      home.context({ env: { CORAL_OTLP_HTTP_PORT: value, CORAL_OTLP_GRPC_PORT: value } }),
    );
    expect(config.server).toEqual({ host: '127.0.0.1', port: 9000 });
  });

  it('gives how the colony backs itself up, with paths that are relative to the project', async () => {
    await home.writeColony(
      COLONY,
      'backup: { schedule: daily 02:30, directory: ~/backups, keep: { daily: 3 }, key_file: key }\n',
    );
    await home.writeProject('# nothing of its own\n');
    const { backup } = await resolveConfig(home.context());
    expect(backup).toEqual({
      schedule: { dailyAtMinute: 150 },
      directory: join(home.context().homeDir, 'backups'),
      keep: { daily: 3, weekly: 0 },
      keyFile: join(home.projectDir, 'key'),
    });
    const env = { CORAL_BACKUP_SCHEDULE: '6h', CORAL_BACKUP_KEEP: '2 weekly' };
    expect((await resolveConfig(home.context({ env }))).backup).toMatchObject({
      schedule: { everyMs: 21_600_000 },
      keep: { daily: 0, weekly: 2 },
    });
  });

  it.each(['schedule: often', 'schedule: 10s', 'keep: all', 'keep: { daily: 0 }', 'key: abc'])(
    'refuses backup: { %s }',
    async (text) => {
      await home.writeColony(COLONY, `backup: { ${text} }\n`);
      await expect(resolveConfig(home.context())).rejects.toMatchObject({
        code: expect.stringMatching(/^CONFIG_(?:INVALID_VALUE|UNKNOWN_KEY)$/),
      });
    },
  );

  it('does not take the key of backups in the environment for a misspelt setting', async () => {
    await home.writeColony(COLONY);
    const { warnings } = await resolveConfig(home.context({ env: { CORAL_BACKUP_KEY: 'k' } }));
    expect(warnings).toEqual([]);
  });

  it('does not show secrets when it is logged', async () => {
    const keys = createWireguardKeys((size) => new Uint8Array(size).fill(7));
    await home.writeColony(COLONY, `wireguard: { private_key: ${keys.privateKey} }\n`);
    const config = await resolveConfig(home.context());
    const shown = inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config);
    expect(shown).not.toContain('0123456789abcdef');
    expect(shown).not.toContain(keys.privateKey);
    expect(config.wireguard?.privateKey.reveal()).toBe(keys.privateKey);
  });

  it('passes on that a variable looks misspelt', async () => {
    await home.writeColony(COLONY);
    const { warnings } = await resolveConfig(home.context({ env: { CORAL_PROT: '1' } }));
    expect(warnings).toEqual(['CORAL_PROT is not used. Did you mean CORAL_PORT?']);
  });

  it('uses the base directory that CORAL_CONFIG names, and no other', async () => {
    await home.writeGlobal('broken: [\n');
    const other = home.file('other');
    await home.write(
      home.file('other', 'colonies', 'a-b.yaml'),
      'colony_secret: 0123456789abcdefx\n',
      0o600,
    );
    const config = await resolveConfig(home.context({ env: { CORAL_CONFIG: other } }));
    expect(config).toMatchObject({ baseDir: other, colonyId: 'a-b' });
  });
});

describe('which colony', () => {
  const home = useConfigHome();
  const colonyOf = async (changes?: Parameters<typeof home.context>[0]) =>
    (await resolveConfig(home.context(changes))).colonyId;

  it('is the flag’s, the environment’s, the project’s, the global file’s, in this order', async () => {
    for (const id of ['by-flag', 'by-env', 'by-project', 'by-global']) await home.writeColony(id);
    await home.writeGlobal('default_colony: by-global\n');
    expect(await colonyOf()).toBe('by-global');
    await home.writeProject('colony_id: by-project\n');
    expect(await colonyOf()).toBe('by-project');
    const env = { CORAL_COLONY_ID: 'by-env' };
    expect(await colonyOf({ env })).toBe('by-env');
    expect(await colonyOf({ env, flags: { colony: 'by-flag' } })).toBe('by-flag');
  });

  it('is the only one there is when none is named', async () => {
    await home.writeColony(COLONY);
    expect(await colonyOf()).toBe(COLONY);
  });

  it('is not guessed among several', async () => {
    await home.writeColony('b-dev-000002');
    await home.writeColony('a-dev-000001');
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_COLONY_AMBIGUOUS',
      details: { known: ['a-dev-000001', 'b-dev-000002'] },
    });
  });

  it('is none on a fresh machine, which has a code of its own', async () => {
    await expect(resolveConfig(home.context())).rejects.toMatchObject({ code: 'CONFIG_NO_COLONY' });
  });

  it('may not be one without a file; the known ones are listed', async () => {
    await home.writeColony('my-shop-dev-000001');
    await home.writeColony('other-dev-000002');
    await home.writeProject('colony_id: my-shop-dev-000007\n');
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_COLONY_UNKNOWN',
      message: expect.stringContaining('config.yaml:1'),
      details: {
        known: ['my-shop-dev-000001', 'other-dev-000002'],
        suggestion: 'my-shop-dev-000001',
        file: home.file('home', '.coral', 'colonies', 'my-shop-dev-000007.yaml'),
      },
    });
  });

  it('is unknown, not missing, when one is named and there are none at all', async () => {
    await expect(
      resolveConfig(home.context({ env: { CORAL_COLONY_ID: 'a-b' } })),
    ).rejects.toMatchObject({ code: 'CONFIG_COLONY_UNKNOWN', details: { known: [] } });
  });
});
