import { describe, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { resolveConfig } from '../src/index.js';
import { COLONY, useConfigHome } from './config-home.js';

describe('RFD 010, Storage Path Resolution Examples', () => {
  const home = useConfigHome();
  const databasePath = async (changes?: Parameters<typeof home.context>[0]) =>
    (await resolveConfig(home.context(changes))).storage.databasePath;

  it('Example 1: default configuration, relative to the current directory', async () => {
    await home.writeColony(COLONY, 'storage_path: .coral\n');
    expect(await databasePath()).toBe(home.file('project', '.coral', `${COLONY}.duckdb`));
  });

  it('Example 2: absolute path', async () => {
    await home.writeColony(COLONY, 'storage_path: /var/lib/coral/storage\n');
    expect(await databasePath()).toBe(`/var/lib/coral/storage/${COLONY}.duckdb`);
  });

  it('Example 3: environment variable override', async () => {
    await home.writeColony(COLONY, 'storage_path: .coral\n');
    expect(await databasePath({ env: { CORAL_STORAGE_PATH: '/tmp/coral-test' } })).toBe(
      `/tmp/coral-test/${COLONY}.duckdb`,
    );
  });

  it('Example 4: project-specific override', async () => {
    await home.writeColony(COLONY, 'storage_path: .coral\n');
    await home.writeProject(`colony_id: ${COLONY}\nstorage:\n    path: ./data/coral\n`);
    expect(await databasePath()).toBe(home.file('project', 'data', 'coral', `${COLONY}.duckdb`));
  });

  it('Example 3 inside the project of example 4: the environment still wins', async () => {
    await home.writeColony(COLONY, 'storage_path: .coral\n');
    await home.writeProject(`colony_id: ${COLONY}\nstorage:\n    path: ./data/coral\n`);
    expect(await databasePath({ env: { CORAL_STORAGE_PATH: '/tmp/coral-test' } })).toBe(
      `/tmp/coral-test/${COLONY}.duckdb`,
    );
  });

  it('Configuration Example: a colony written by hand', async () => {
    await home.write(
      home.file('home', '.coral', 'colonies', 'my-shop-production.yaml'),
      'colony_id: my-shop-production\napplication_name: my-shop\nenvironment: production\n' +
        'colony_secret: 0123456789abcdefx\n\n# Storage configuration\n' +
        'storage_path: .coral  # Relative to project directory\n',
      0o600,
    );
    await home.writeProject('colony_id: my-shop-production\n');
    expect(await databasePath()).toBe(home.file('project', '.coral', 'my-shop-production.duckdb'));
  });

  it('a relative path means the project, whichever of its directories one stands in', async () => {
    await home.writeColony(COLONY, 'storage_path: .coral\n');
    await home.writeProject(`colony_id: ${COLONY}\n`);
    const cwd = home.file('project', 'src', 'deep');
    await mkdir(cwd, { recursive: true });
    expect(await databasePath({ cwd })).toBe(home.file('project', '.coral', `${COLONY}.duckdb`));
    expect(await databasePath({ cwd, env: { CORAL_STORAGE_PATH: 'data' } })).toBe(
      home.file('project', 'data', `${COLONY}.duckdb`),
    );
    expect(await databasePath({ cwd, flags: { storagePath: 'data' } })).toBe(
      home.file('project', 'data', `${COLONY}.duckdb`),
    );
  });
});
