import { describe, expect, it } from '@jest/globals';
import { chmod, readFile } from 'node:fs/promises';
import { resolveConfig } from '../src/index.js';
import { createWireguardKeys } from '../src/wireguard-keys.js';
import { COLONY, useConfigHome } from './config-home.js';

describe('bad input in any tier', () => {
  const home = useConfigHome();
  const files = {
    project: (text: string) => home.writeProject(text),
    global: (text: string) => home.writeGlobal(text),
    colony: (text: string) => home.writeColony(COLONY, text),
  };

  it.each(
    (['project', 'global', 'colony'] as const).flatMap((tier) => [
      [tier, 'server: [\n', 'CONFIG_SYNTAX'] as const,
      [tier, 'sevrer: { port: 1 }\n', 'CONFIG_UNKNOWN_KEY'] as const,
      [tier, 'server: { port: many }\n', 'CONFIG_INVALID_VALUE'] as const,
    ]),
  )(
    '%s: %j gives a coded error with file, line and column; the file stays',
    async (tier, text, code) => {
      await home.writeColony(COLONY);
      const file = await files[tier](text);
      const before = await readFile(file, 'utf8');
      // Also when a stronger tier makes the value irrelevant: a wrong file is wrong.
      await expect(resolveConfig(home.context({ env: { CORAL_PORT: '1' } }))).rejects.toMatchObject(
        {
          code,
          message: expect.stringContaining(`${file}:`),
          details: { file, line: expect.any(Number), column: expect.any(Number) },
        },
      );
      expect(await readFile(file, 'utf8')).toBe(before);
    },
  );

  it('refuses a colony file that others can read, with the command that closes it', async () => {
    if (process.platform === 'win32') return;
    const file = await home.writeColony(COLONY);
    await chmod(file, 0o644);
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_SECRET_EXPOSED',
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
    await expect(resolveConfig(home.context({ platform: 'win32' }))).resolves.toBeDefined();
  });

  it('refuses a colony file whose id is not its name', async () => {
    await home.writeColony(COLONY, 'colony_id: other-dev-000002\n');
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_INVALID_VALUE',
      details: { key: 'colony_id', line: 2, column: 12 },
    });
  });

  it('refuses one setting under two names', async () => {
    await home.writeColony(COLONY, 'storage_path: a\nstorage: { path: b }\n');
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_INVALID_VALUE',
      details: { key: 'storage_path', line: 2 },
    });
  });

  it('refuses a public key that belongs to another private key', async () => {
    const [a, b] = [1, 2].map((byte) =>
      createWireguardKeys((size) => new Uint8Array(size).fill(byte)),
    );
    await home.writeColony(
      COLONY,
      `wireguard:\n  private_key: ${a!.privateKey}\n  public_key: ${b!.publicKey}\n`,
    );
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      code: 'CONFIG_INVALID_VALUE',
      details: { key: 'wireguard.public_key', line: 4, column: 15 },
    });
  });

  it.each(['../../x', 'CON', 'a'.repeat(300), 'a/b', 'x\0y'])(
    'refuses the hostile id %j from every side',
    async (id) => {
      await home.writeColony(COLONY);
      const refused = { code: 'CONFIG_COLONY_ID_INVALID' };
      const resolve = (changes: Parameters<typeof home.context>[0]) =>
        resolveConfig(home.context(changes));
      await expect(resolve({ flags: { colony: id } })).rejects.toMatchObject(refused);
      await expect(resolve({ env: { CORAL_COLONY_ID: id } })).rejects.toMatchObject(refused);
      await home.writeProject(`colony_id: ${JSON.stringify(id)}\n`);
      await expect(resolve({})).rejects.toMatchObject(refused);
      await home.writeProject('');
      await home.writeGlobal(`default_colony: ${JSON.stringify(id)}\n`);
      await expect(resolve({})).rejects.toMatchObject(refused);
    },
  );
});
