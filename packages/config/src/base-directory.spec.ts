import { describe, expect, it } from '@jest/globals';
import { useConfigHome } from '../test/config-home.js';
import { resolveBaseDir } from './resolve-base-dir.js';

describe('resolveBaseDir', () => {
  const home = useConfigHome();

  it('is .coral of the home directory, which need not exist', async () => {
    expect(await resolveBaseDir(home.context())).toBe(home.baseDir);
  });

  it('is what CORAL_CONFIG names, seen from the working directory', async () => {
    const context = (path: string) => home.context({ env: { CORAL_CONFIG: path } });
    expect(await resolveBaseDir(context('/etc/coral'))).toBe('/etc/coral');
    expect(await resolveBaseDir(context('conf'))).toBe(home.file('project', 'conf'));
    expect(await resolveBaseDir(context('~/conf'))).toBe(home.file('home', 'conf'));
  });

  it('is what the flag names before that', async () => {
    const context = home.context({ env: { CORAL_CONFIG: '/a' }, flags: { config: '/b' } });
    expect(await resolveBaseDir(context)).toBe('/b');
  });

  it('cannot be a file', async () => {
    const file = await home.write(home.file('config.yaml'), '');
    await expect(
      resolveBaseDir(home.context({ env: { CORAL_CONFIG: file } })),
    ).rejects.toMatchObject({ code: 'CONFIG_BASE_INVALID', details: { file } });
  });

  it('cannot be inside a file', async () => {
    const file = await home.write(home.file('config.yaml'), '');
    await expect(
      resolveBaseDir(home.context({ env: { CORAL_CONFIG: `${file}/x` } })),
    ).rejects.toMatchObject({ code: 'CONFIG_BASE_INVALID' });
  });
});
