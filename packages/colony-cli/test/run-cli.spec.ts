// The whole command in this process, where a spec can hand it what a real system seldom does.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually, useTempDir } from '@coral/testkit';
import { exitCodes } from '../src/exit-codes.js';
import { runCli } from '../src/run-cli.js';
import type { MemoryIoOptions } from './memory-io.js';
import { memoryIo } from './memory-io.js';

const off = [
  '--port',
  '0',
  '--otlp-http-port',
  'off',
  '--otlp-grpc-port',
  'off',
  '--no-self-metrics',
];

describe('runCli', () => {
  const dir = useTempDir();

  async function world(options: Partial<MemoryIoOptions> = {}) {
    await mkdir(dir.file('project'), { recursive: true });
    return memoryIo({ cwd: dir.file('project'), homeDir: dir.file('home'), ...options });
  }
  const stored = () =>
    readdirSync(dir.file('project', '.coral')).filter((name) => name !== 'config.yaml');

  it('closes the store after an error nobody caught, reports it, and exits with 1', async () => {
    const io = await world();
    const result = runCli(['colony', 'start', ...off], io);
    await eventually(() => expect(io.written.stdout).toContain('is ready'), { timeoutMs: 20_000 });
    expect(stored().some((name) => name.endsWith('.lock'))).toBe(true);
    io.deliver.uncaught(new TypeError('nobody expected this'));
    await expect(result).resolves.toBe(exitCodes.unexpected);
    expect(io.written.stderr).toContain('stopping because of an error');
    expect(io.written.stderr).toMatch(/TypeError: nobody expected this\n +at /);
    expect(stored()).toEqual([expect.stringMatching(/\.duckdb$/)]);
    expect(readdirSync(dir.file('home', '.coral', 'run'))).toEqual([]);
  });

  it('starts nothing more when it is told to stop while it starts', async () => {
    const io = await world();
    await runCli(['init', 'shop'], io);
    const result = runCli(['colony', 'start', ...off], io);
    await eventually(() => existsSync(dir.file('project', '.coral')) && stored().length > 0, {
      intervalMs: 1,
      timeoutMs: 20_000,
    });
    io.deliver.signal('SIGTERM');
    await expect(result).resolves.toBe(exitCodes.ok);
    expect(io.written.stdout).not.toContain('is ready');
    expect(stored()).toEqual([expect.stringMatching(/\.duckdb$/)]);
  });

  it('uses colours on a terminal, and none with --no-color, NO_COLOR or in a pipe', async () => {
    const escapes = async (args: readonly string[], options: Partial<MemoryIoOptions>) => {
      const io = await world(options);
      expect(await runCli(['config', 'explain', ...args], io)).toBe(exitCodes.ok);
      return /\u001b\[/.test(io.written.stdout);
    };
    await expect(escapes([], { isTTY: true })).resolves.toBe(true);
    await expect(escapes([], { isTTY: false })).resolves.toBe(false);
    await expect(escapes(['--no-color'], { isTTY: true })).resolves.toBe(false);
    await expect(escapes([], { isTTY: true, env: { NO_COLOR: '1' } })).resolves.toBe(false);
    await expect(escapes(['--json'], { isTTY: true })).resolves.toBe(false);
  });

  it('draws a series on a terminal, and only there', async () => {
    const io = await world();
    await runCli(['init', 'shop'], io);
    const { openDatabase } = await import('@coral/storage');
    const { colonyId } = { colonyId: /colony (\S+)\./.exec(io.written.stdout)![1]! };
    const storagePath = join(io.cwd, '.coral');
    {
      await using database = await openDatabase({ storagePath, colonyId });
      await database.insertMetricSummaries(
        Array.from({ length: 30 }, (_, index) => ({
          timestamp: new Date(Date.UTC(2026, 0, 31, 12, 5 * index)),
          serviceId: 'shop/api',
          metricName: 'load',
          interval: '5m' as const,
          mean: Math.sin(index / 5),
        })),
      );
    }
    const ask = ['metrics', 'shop/api', 'load'];
    const terminal = await world({ isTTY: true });
    expect(await runCli(ask, terminal)).toBe(exitCodes.ok);
    expect(terminal.written.stdout).toMatch(/[╭╮╰╯]/);
    const pipe = await world();
    expect(await runCli(ask, pipe)).toBe(exitCodes.ok);
    expect(pipe.written.stdout).not.toMatch(/[╭╮╰╯]/);
    expect(pipe.written.stdout.split('\n')).toHaveLength(32);
  });

  it('does not treat a typed statement on a terminal as standard input', async () => {
    const io = await world({ isTTY: true });
    expect(await runCli(['sql'], io)).toBe(exitCodes.usage);
    expect(io.written.stderr).toContain('There is no statement to run');
  });
});
