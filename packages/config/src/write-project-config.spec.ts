import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { resolveConfig } from './resolve-config.js';
import { writeProjectConfig } from './write-project-config.js';

describe('writeProjectConfig', () => {
  const home = useConfigHome();
  const write = (changes: Partial<Parameters<typeof writeProjectConfig>[0]> = {}) =>
    writeProjectConfig({
      projectDir: home.projectDir,
      colonyId: COLONY,
      baseDir: home.baseDir,
      homeDir: home.homeDir,
      ...changes,
    });

  it('ties a directory to a colony', async () => {
    await home.writeColony(COLONY);
    await home.writeColony('other-dev-000002');
    const { file, created } = await write();
    expect({ file, created }).toEqual({
      file: home.file('project', '.coral', 'config.yaml'),
      created: true,
    });
    const config = await resolveConfig(home.context());
    expect(config).toMatchObject({ colonyId: COLONY, projectDir: home.projectDir });
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).not.toBe(0);
  });

  it('can say where the project keeps its data', async () => {
    await home.writeColony(COLONY);
    await write({ storagePath: './data/coral' });
    expect((await resolveConfig(home.context())).storage.path).toBe(
      home.file('project', 'data', 'coral'),
    );
  });

  it('changes an existing file and keeps what else it says', async () => {
    const file = await home.writeProject('# ours\ncolony_id: old # was\nserver:\n  port: 9100\n');
    expect(await write()).toEqual({ file, created: false });
    expect(await readFile(file, 'utf8')).toBe(
      `# ours\ncolony_id: ${COLONY} # was\nserver:\n  port: 9100\n`,
    );
  });

  it('adds to a section whose keys are all commented out', async () => {
    const file = await home.writeProject('storage:\n  # path: x\n');
    await write({ storagePath: 'data' });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('storage:\n  path: data\n');
    expect(text).toContain(`colony_id: ${COLONY}`);
  });

  it('refuses the home directory, whose file is the global one', async () => {
    await mkdir(home.homeDir, { recursive: true });
    await expect(write({ projectDir: home.homeDir })).rejects.toMatchObject({
      code: 'CONFIG_PROJECT_INVALID',
    });
    await expect(stat(home.baseDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves a wrong file as it is', async () => {
    const file = await home.writeProject('colony: a\n');
    await expect(write()).rejects.toMatchObject({ code: 'CONFIG_UNKNOWN_KEY' });
    expect(await readFile(file, 'utf8')).toBe('colony: a\n');
  });

  it.each([
    ['a hostile id', { colonyId: 'a/b' }, 'CONFIG_COLONY_ID_INVALID'],
    ['an impossible path', { storagePath: '' }, 'CONFIG_INVALID_VALUE'],
  ])('refuses %s', async (_what, changes, code) => {
    await expect(write(changes)).rejects.toMatchObject({ code });
  });

  it('says so when .coral is a file', async () => {
    await home.write(home.file('project', '.coral'), '');
    await expect(write()).rejects.toMatchObject({ code: 'CONFIG_UNWRITABLE' });
  });
});
