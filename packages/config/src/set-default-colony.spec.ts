import { describe, expect, it } from '@jest/globals';
import { lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { resolveConfig } from './resolve-config.js';
import { setDefaultColony } from './set-default-colony.js';

describe('setDefaultColony', () => {
  const home = useConfigHome();
  const set = (colonyId = COLONY) => setDefaultColony({ baseDir: home.baseDir, colonyId });
  const globalText = () => readFile(home.file('home', '.coral', 'config.yaml'), 'utf8');

  it('makes the global file', async () => {
    await home.writeColony(COLONY);
    await home.writeColony('other-dev-000002');
    const { file } = await set();
    expect(file).toBe(home.file('home', '.coral', 'config.yaml'));
    expect(await globalText()).toMatch(new RegExp(`^# .*\\n+default_colony: ${COLONY}\\n$`));
    expect((await resolveConfig(home.context())).colonyId).toBe(COLONY);
  });

  it('keeps comments, order, blank lines and other keys', async () => {
    await home.writeColony(COLONY);
    await home.writeGlobal(
      '# mine\n\nlog:\n  level: debug # loud\n\n# which one\ndefault_colony: old-dev-000000 # for now\n\nai:\n  provider: anthropic\n',
    );
    await set();
    expect(await globalText()).toBe(
      `# mine\n\nlog:\n  level: debug # loud\n\n# which one\ndefault_colony: ${COLONY} # for now\n\nai:\n  provider: anthropic\n`,
    );
  });

  it('keeps a file that holds comments alone', async () => {
    await home.writeColony(COLONY);
    await home.writeGlobal('# mine\n');
    await set();
    expect(await globalText()).toContain('# mine\n');
    expect(await globalText()).toContain(`default_colony: ${COLONY}\n`);
  });

  it('leaves the file alone when nothing changes', async () => {
    await home.writeColony(COLONY);
    const file = await home.writeGlobal(`default_colony: ${COLONY}\n`);
    const { ino } = await stat(file);
    await set();
    expect((await stat(file)).ino).toBe(ino);
  });

  it('keeps the file’s mode and a link to it', async () => {
    await home.writeColony(COLONY);
    const file = await home.write(home.file('dotfiles', 'coral.yaml'), '# mine\n', 0o640);
    await mkdir(home.baseDir, { recursive: true });
    await symlink(file, home.file('home', '.coral', 'config.yaml'));
    await set();
    expect((await lstat(home.file('home', '.coral', 'config.yaml'))).isSymbolicLink()).toBe(true);
    expect(await readFile(file, 'utf8')).toContain(COLONY);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it.each(['unknown-dev-000009', 'alex-dev-0977e2'])(
    'refuses %s, which has no file',
    async (id) => {
      await home.writeColony(COLONY);
      await expect(set(id)).rejects.toMatchObject({
        code: 'CONFIG_COLONY_UNKNOWN',
        details: { known: [COLONY] },
      });
    },
  );

  it('refuses a hostile id', async () => {
    await expect(set('../../x')).rejects.toMatchObject({ code: 'CONFIG_COLONY_ID_INVALID' });
  });

  it.each([
    ['broken: [\n', 'CONFIG_SYNTAX'],
    ['defaul_colony: a\n', 'CONFIG_UNKNOWN_KEY'],
  ])('leaves the wrong file %j as it is', async (text, code) => {
    await home.writeColony(COLONY);
    const file = await home.writeGlobal(text);
    await expect(set()).rejects.toMatchObject({ code, details: { file } });
    expect(await globalText()).toBe(text);
  });

  it('says so when the file is a link to nowhere', async () => {
    await home.writeColony(COLONY);
    const file = home.file('home', '.coral', 'config.yaml');
    await symlink(home.file('missing', 'config.yaml'), file);
    await writeFile(home.file('missing'), '');
    await expect(set()).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE', details: { file } });
  });
});
