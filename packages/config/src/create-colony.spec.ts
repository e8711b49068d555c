import { describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readFile, readdir, stat, symlink } from 'node:fs/promises';
import { seededRandom } from '@coral/testkit';
import { useConfigHome } from '../test/config-home.js';
import { createColony } from './create-colony.js';
import { resolveConfig } from './resolve-config.js';
import { wireguardPublicKey } from './wireguard-keys.js';

const onPosix = process.platform === 'win32' ? it.skip : it;
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('createColony', () => {
  const home = useConfigHome();
  const create = (changes: Partial<Parameters<typeof createColony>[0]> = {}) =>
    createColony({
      app: 'My Shop',
      environment: 'production',
      baseDir: home.baseDir,
      random: seededRandom(7).bytes,
      ...changes,
    });

  it('writes a file from which the colony resolves', async () => {
    const { colonyId, file } = await create();
    expect(colonyId).toMatch(/^my-shop-production-[0-9a-f]{6}$/);
    expect(file).toBe(home.file('home', '.coral', 'colonies', `${colonyId}.yaml`));
    const config = await resolveConfig(home.context());
    expect(config).toMatchObject({
      colonyId,
      applicationName: 'My Shop',
      environment: 'production',
      storage: { path: home.file('project', '.coral') },
      telemetry: { loopbackWithoutToken: false },
    });
    expect(config.colonySecret.reveal()).toMatch(/^[0-9a-f]{64}$/);
    const { privateKey, publicKey } = config.wireguard!;
    expect(publicKey).toBe(wireguardPublicKey(privateKey.reveal()));
  });

  onPosix('writes 0600 in directories 0700, and leaves nothing else behind', async () => {
    const { colonyId, file } = await create();
    expect(await modeOf(file)).toBe('600');
    expect(await modeOf(home.file('home', '.coral', 'colonies'))).toBe('700');
    expect(await modeOf(home.baseDir)).toBe('700');
    expect(await readdir(home.file('home', '.coral', 'colonies'))).toEqual([`${colonyId}.yaml`]);
  });

  onPosix('closes a colonies directory that was open to others', async () => {
    const colonies = home.file('home', '.coral', 'colonies');
    await mkdir(colonies, { recursive: true });
    await chmod(colonies, 0o777);
    await create();
    expect(await modeOf(colonies)).toBe('700');
  });

  it.each(['dev', 'development', 'Development'])(
    'lets a colony of %s take telemetry from its own machine without a token',
    async (environment) => {
      const { file } = await create({ environment });
      expect(await readFile(file, 'utf8')).toContain('loopback_without_token: true');
    },
  );

  it.each(['staging', 'devops'])('does not do so for %s', async (environment) => {
    const { file } = await create({ environment });
    expect(await readFile(file, 'utf8')).not.toContain('loopback_without_token');
  });

  it('keeps the storage path as it was given', async () => {
    const { file } = await create({ storagePath: './data/coral' });
    expect(await readFile(file, 'utf8')).toContain('storage_path: ./data/coral\n');
  });

  it.each(['# not a comment', 'a: b', '{x}', '- a', '"', '*x', 'yes', '0x1', ' padded '])(
    'reads the application name %j back as it was',
    async (name) => {
      await create({ app: `${name}x1` });
      expect((await resolveConfig(home.context())).applicationName).toBe(`${name}x1`);
    },
  );

  it('quotes a secret that YAML would read as a number', async () => {
    await create({ random: (size) => new Uint8Array(size).fill(0x11) });
    expect((await resolveConfig(home.context())).colonySecret.reveal()).toBe('11'.repeat(32));
  });

  it('makes different ids, secrets and keys each time', async () => {
    const random = seededRandom(7).bytes;
    const [a, b] = [await create({ random }), await create({ random })];
    expect(a.colonyId).not.toBe(b.colonyId);
    const lines = async (file: string) => (await readFile(file, 'utf8')).split('\n');
    const shared = (await lines(a.file)).filter((line) => /secret:|_key:/.test(line));
    expect(shared).toHaveLength(3);
    expect(await lines(b.file)).not.toEqual(expect.arrayContaining(shared));
  });

  it('takes another id when one is taken', async () => {
    const first = await create({ random: seededRandom(7).bytes });
    const text = await readFile(first.file, 'utf8');
    const idBytes = seededRandom(7).bytes(3);
    let calls = 0;
    const random = (size: number) => (calls++ === 0 ? idBytes : seededRandom(calls).bytes(size));
    const second = await create({ random });
    expect(second.colonyId).not.toBe(first.colonyId);
    expect(await readFile(first.file, 'utf8')).toBe(text);
  });

  it('gives up when randomness repeats itself, and overwrites nothing', async () => {
    const random = (size: number) => new Uint8Array(size).fill(1);
    const { file } = await create({ random });
    const text = await readFile(file, 'utf8');
    await expect(create({ random })).rejects.toThrow(TypeError);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it.each([
    ['a storage path with a NUL', { storagePath: 'a\0b' }, 'CONFIG_INVALID_VALUE'],
    ['an empty storage path', { storagePath: '' }, 'CONFIG_INVALID_VALUE'],
    ['a name of two lines', { app: 'my\nshop' }, 'CONFIG_INVALID_VALUE'],
    ['a name without letters', { app: '!' }, 'CONFIG_COLONY_ID_INVALID'],
  ])('refuses %s and writes nothing', async (_what, changes, code) => {
    await expect(create(changes)).rejects.toMatchObject({ code });
    await expect(stat(home.baseDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says so when the base directory is a file', async () => {
    await home.write(home.baseDir, '');
    await expect(create()).rejects.toMatchObject({ code: 'CONFIG_UNWRITABLE' });
  });

  onPosix('follows a link at the base directory', async () => {
    await mkdir(home.file('real'), { recursive: true });
    await mkdir(home.homeDir, { recursive: true });
    await symlink(home.file('real'), home.baseDir);
    const { colonyId } = await create();
    expect(await readdir(home.file('real', 'colonies'))).toEqual([`${colonyId}.yaml`]);
  });
});
