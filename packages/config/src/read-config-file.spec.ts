import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { useConfigHome } from '../test/config-home.js';
import { readConfigFile } from './read-config-file.js';

const onPosix = process.platform === 'win32' ? it.skip : it;

describe('readConfigFile', () => {
  const home = useConfigHome();
  const read = (file: string, secret = false, platform = process.platform) =>
    readConfigFile(file, { secret, platform });

  it('reads text, and nothing where there is no file', async () => {
    const file = await home.write(home.file('a.yaml'), 'a: é\n');
    expect(await read(file)).toBe('a: é\n');
    expect(await read(home.file('b.yaml'))).toBeUndefined();
  });

  it('leaves out a byte order mark', async () => {
    expect(await read(await home.write(home.file('a.yaml'), '\ufeffa: 1\n'))).toBe('a: 1\n');
  });

  it.each([0o640, 0o604, 0o644, 0o666, 0o620, 0o601])(
    'refuses secrets in a file of mode %o and offers the command',
    async (mode) => {
      if (process.platform === 'win32') return;
      const file = await home.write(home.file("it's", 'a.yaml'), 'a: 1\n', mode);
      await expect(read(file, true)).rejects.toMatchObject({
        code: 'CONFIG_SECRET_EXPOSED',
        message: expect.stringContaining(`chmod 600 '${file.replace("'", `'\\''`)}'`),
        details: { file },
      });
    },
  );

  it.each([0o600, 0o400])('reads secrets from a file of mode %o', async (mode) => {
    const file = await home.write(home.file('c', 'a.yaml'), 'a: 1\n', mode);
    expect(await read(file, true)).toBe('a: 1\n');
  });

  onPosix('refuses secrets in a directory where others can replace them', async () => {
    const file = await home.write(home.file('c', 'a.yaml'), 'a: 1\n', 0o600);
    await chmod(dirname(file), 0o777);
    await expect(read(file, true)).rejects.toMatchObject({
      code: 'CONFIG_SECRET_EXPOSED',
      message: expect.stringContaining(`chmod 700 ${dirname(file)}`),
    });
  });

  it('judges no modes on Windows, which has none', async () => {
    const file = await home.write(home.file('a.yaml'), 'a: 1\n', 0o644);
    expect(await read(file, true, 'win32')).toBe('a: 1\n');
  });

  it('does not mind that others read what holds no secrets', async () => {
    expect(await read(await home.write(home.file('a.yaml'), 'a: 1\n', 0o644))).toBe('a: 1\n');
  });

  it('refuses a directory', async () => {
    await mkdir(home.file('a.yaml'));
    await expect(read(home.file('a.yaml'))).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });

  onPosix('refuses a named pipe instead of waiting for its writer', async () => {
    execFileSync('mkfifo', [home.file('a.yaml')]);
    await expect(read(home.file('a.yaml'))).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });

  it('refuses a path through a file', async () => {
    const file = await home.write(home.file('a'), '');
    await expect(read(`${file}/config.yaml`)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      cause: expect.objectContaining({ code: 'ENOTDIR' }),
    });
  });

  onPosix('refuses a file without read permission', async () => {
    const file = await home.write(home.file('a.yaml'), 'a: 1\n', 0o000);
    // The superuser may read everything: be somebody else for a moment.
    const isSuperuser = process.geteuid?.() === 0;
    if (isSuperuser) process.seteuid?.(65_534);
    try {
      await expect(read(file)).rejects.toMatchObject({
        code: 'CONFIG_UNREADABLE',
        cause: expect.objectContaining({ code: 'EACCES' }),
      });
    } finally {
      if (isSuperuser) process.seteuid?.(0);
    }
  });

  it('refuses what is not UTF-8', async () => {
    await writeFile(home.file('a.yaml'), Uint8Array.of(0x61, 0xff, 0xfe));
    await expect(read(home.file('a.yaml'))).rejects.toMatchObject({ code: 'CONFIG_SYNTAX' });
  });

  it('reads 1 MiB and refuses a byte more', async () => {
    const file = await home.write(home.file('a.yaml'), '#'.repeat(1024 * 1024));
    expect(await read(file)).toHaveLength(1024 * 1024);
    await writeFile(file, '#'.repeat(1024 * 1024 + 1));
    await expect(read(file)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });
});
