import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  cleanEnv,
  eventually,
  freePort,
  spawnProcess,
  useTempDir,
  type ProcessHarness,
} from '@coral/testkit';
import { existsSync, realpathSync } from 'node:fs';
import {
  compile,
  installPackages,
  packedPackages,
  type PackedPackage,
} from './installed-packages.js';

const packages = await packedPackages();

describe('the packages, installed from their tarballs into an empty folder', () => {
  const project = useTempDir({ per: 'file', prefix: 'coral-consumer-' });
  const home = useTempDir();

  beforeAll(async () => {
    const unpacked = packages.filter(({ tarball }) => !existsSync(tarball));
    if (unpacked.length > 0) {
      const names = unpacked.map(({ name }) => name).join(', ');
      throw new Error(`${names}: not packed. Run this through Nx: npx nx test consumer`);
    }
    await installPackages(project.path, packages);
  }, 310_000);

  const start = (
    command: string,
    args: readonly string[],
    set: Record<string, string> = {},
  ): Promise<ProcessHarness> =>
    spawnProcess({
      command,
      args,
      cwd: project.path,
      env: cleanEnv({ home: home.path, set }),
    });

  async function run(
    command: string,
    args: readonly string[],
    set: Record<string, string> = {},
  ): Promise<string> {
    const child = await start(command, args, set);
    const exit = await child.waitForExit({ timeoutMs: 60_000 });
    expect({ ...exit, stderr: child.stderr }).toMatchObject({ code: 0 });
    return child.stdout;
  }

  const node = (...args: string[]): Promise<string> => run(process.execPath, args);

  it.each(packages)('$name is a copy, not a link into the workspace', ({ name }) => {
    const installed = realpathSync(project.file('node_modules', name));
    expect(installed.startsWith(project.path)).toBe(true);
    expect(existsSync(project.file('node_modules', name, 'LICENSE'))).toBe(true);
  });

  it.each(packages)('$name can be imported, and required', async ({ name }: PackedPackage) => {
    const names = (how: string): Promise<string> =>
      node('--input-type=module', '-e', `${how}; console.log(Object.keys(it).sort().join());`);
    const imported = await names(`const it = await import('${name}')`);
    const required = await names(
      `import { createRequire } from 'node:module'; const it = createRequire(process.cwd() + '/x.js')('${name}')`,
    );
    expect(required.replace('__esModule,', '')).toBe(imported);
  });

  it('serves a strict TypeScript program that checks its libraries too', async () => {
    const tsc = await compile(project.path);
    await tsc.waitForExit({ timeoutMs: 120_000 });
    expect(tsc.output).toBe('');
    expect(JSON.parse(await node('compiled/use-storage.js'))).toEqual({
      name: 'API',
      p95: 12.5,
      at: '2026-03-01T12:00:00.000Z',
      secondOpener: 'STORAGE_LOCKED',
    });
  });

  it('serves a plain JavaScript program', async () => {
    expect(JSON.parse(await node('use-storage.mjs'))).toEqual({
      details: { version: '1.2.3' },
      file: true,
    });
  });

  describe('coral', () => {
    const coral = project.file('node_modules', '.bin', 'coral');

    it('says its version', async () => {
      const { version } = packages.find(({ name }) => name === '@coral/colony-cli')!;
      expect((await run(coral, ['--version'])).trim()).toBe(version);
    });

    it('starts a colony, answers a question about it and stops it', async () => {
      const set = {
        CORAL_PORT: String(await freePort()),
        CORAL_OTLP_HTTP_PORT: '0',
        CORAL_OTLP_GRPC_PORT: '0',
      };
      await run(coral, ['init', 'shop', '--env', 'development'], set);
      const colony = await start(coral, ['colony', 'start'], set);
      await colony.waitForOutput(/database initialized/i, { timeoutMs: 60_000 });

      const answer = await eventually(
        () => run(coral, ['sql', '--json', 'SELECT 42 AS answer'], set),
        { timeoutMs: 30_000, intervalMs: 250 },
      );
      expect(JSON.parse(answer)).toEqual([{ answer: 42 }]);

      await run(coral, ['colony', 'stop'], set);
      expect(await colony.waitForExit()).toEqual({ code: 0, signal: null });
    }, 180_000);
  });
});
