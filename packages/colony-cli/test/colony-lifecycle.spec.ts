import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually, freePort, isProcessRunning, onTestEnd } from '@coral/testkit';
import type { RunFile } from '../src/colony/run-file.js';
import { useCoral } from './use-coral.js';

const off = ['--port', '0', '--otlp-http-port', 'off', '--otlp-grpc-port', 'off'];

describe('coral colony', () => {
  const coral = useCoral();
  const runFilePath = (id: string) => join(coral.home, '.coral', 'run', `${id}.json`);
  const storage = () => join(coral.project, '.coral');

  it('makes a development colony when there is none, and says what, where and how to remove it', async () => {
    const { process: colony, run } = await coral.start();
    const id = run.colony_id;
    expect(id).toMatch(/^project-dev-[0-9a-f]{6}$/);
    const file = join(coral.home, '.coral', 'colonies', `${id}.yaml`);
    expect(colony.stderr).toContain(`No colony is configured, so one for development was made`);
    expect(colony.stderr).toContain(file);
    expect(colony.stderr).toContain(join(storage(), 'config.yaml'));
    expect(colony.stderr).toContain(run.database_path);
    expect(colony.stderr).toMatch(/remove .*delete/);
    expect(readFileSync(file, 'utf8')).toContain('loopback_without_token: true');
    await colony.terminate();
    // The second start finds it, and makes no other.
    const again = await coral.start();
    expect(again.run.colony_id).toBe(id);
    expect(again.process.stderr).not.toContain('No colony is configured');
  });

  it('makes no colony in place of one that was named and does not exist', async () => {
    const result = await coral.run(['colony', 'start', 'shop-dev-000000', ...off]);
    expect(result).toMatchObject({ code: 66, stdout: '' });
    expect(result.stderr).toContain('CONFIG_COLONY_UNKNOWN');
    expect(existsSync(join(coral.home, '.coral', 'colonies'))).toBe(false);
  });

  it('tells when it is ready: where it listens, how to send, ask and stop', async () => {
    const colony = await coral.spawn(['colony', 'start', ...off]);
    await colony.waitForOutput(/is ready[\s\S]*coral colony stop\n/, { stream: 'stdout' });
    expect(colony.stdout).toMatch(/listen {2}http:\/\/127\.0\.0\.1:\d+/);
    expect(colony.stdout).toContain('eval "$(coral colony env)"');
    expect(colony.stdout).toContain('coral sql');
  });

  it('shows in status what is true while it runs, exit code 0, and stopped, exit code 3', async () => {
    const id = await coral.init();
    const before = await coral.run(['colony', 'status', '--json']);
    expect(before.code).toBe(3);
    expect(JSON.parse(before.stdout)).toMatchObject({
      state: 'stopped',
      colony_id: id,
      died: false,
      database: { exists: false },
    });
    const { process: colony, run } = await coral.start();
    const status = await coral.json<Record<string, unknown>>(['colony', 'status']);
    expect(status).toMatchObject({
      state: 'running',
      colony_id: id,
      pid: colony.pid,
      uptime_s: expect.any(Number),
      address: { port: run.port },
      database: {
        path: run.database_path,
        size_bytes: expect.any(Number),
        wal_bytes: expect.any(Number),
        last_checkpoint_at: expect.any(String),
      },
      ingest: { points_per_second: expect.any(Number) },
      settings: { loopback_without_token: true },
    });
    const jobs = (status['jobs'] as { name: string; state: string }[]).map(({ name }) => name);
    expect(jobs).toEqual(
      expect.arrayContaining(['connect', 'learn', 'retention', 'room', 'seal', 'summarise']),
    );
    const text = await coral.run(['status']);
    expect(text.code).toBe(0);
    for (const word of [
      'pid',
      'uptime',
      'file',
      'size',
      'WAL',
      'checkpoint',
      'points/s',
      'token',
      'job summarise',
    ]) {
      expect(text.stdout).toContain(word);
    }
    expect(text.stdout).not.toMatch(/[0-9a-f]{64}/);
    await colony.terminate();
    const after = await coral.run(['colony', 'status']);
    expect(after.code).toBe(3);
    expect(after.stdout).toContain('stopped');
  });

  it('writes a run file for its owner only when it is ready, without the token, and removes it', async () => {
    const id = await coral.init();
    const { process: colony, run } = await coral.start();
    const text = await readFile(runFilePath(id), 'utf8');
    expect(JSON.parse(text)).toEqual(run);
    expect(run).toMatchObject({
      pid: colony.pid,
      colony_id: id,
      otlp_http_port: null,
      otlp_grpc_port: null,
    });
    expect((await stat(runFilePath(id))).mode & 0o777).toBe(0o600);
    const env = await coral.json<Record<string, string>>(['colony', 'env']);
    const token = env['OTEL_EXPORTER_OTLP_HEADERS']!.split('%20')[1]!;
    expect(text).not.toContain(token);
    expect(colony.output).not.toContain(token);
    await colony.terminate();
    expect(existsSync(runFilePath(id))).toBe(false);
  });

  it('opens the standard ports of OTLP, and points senders at them', async () => {
    await coral.init();
    const [http, grpc] = [await freePort(), await freePort()];
    const ports = ['--otlp-http-port', String(http), '--otlp-grpc-port', String(grpc)];
    const { run, process: colony } = await coral.start(ports);
    expect(run).toMatchObject({ otlp_http_port: http, otlp_grpc_port: grpc });
    const { stdout } = await coral.run(['colony', 'status']);
    const url = 'http://127.0.0.1';
    expect(stdout).toContain(`HTTP at ${url}:${http}, gRPC at ${url}:${grpc}`);
    const env = (protocol: string) => coral.json<object>(['colony', 'env', '--protocol', protocol]);
    expect(await env('http/json')).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}:${http}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    expect(await env('grpc')).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}:${grpc}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    await colony.terminate();
    expect(await env('grpc')).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}:4317` });
  });

  it('points senders at its API where it has no port for OTLP', async () => {
    await coral.init();
    const { run } = await coral.start();
    const env = await coral.json<object>(['colony', 'env', '--protocol', 'grpc']);
    expect(env).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${run.port}` });
    const { stdout } = await coral.run(['colony', 'status']);
    expect(stdout).toMatch(/^otlp +HTTP off, gRPC off$/m);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('closes in order at %s', async (signal) => {
    await coral.init();
    const { process: colony } = await coral.start();
    colony.signal(signal);
    await expect(colony.waitForExit()).resolves.toEqual({ code: 0, signal: null });
    const messages = colony.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.slice(-3)).toEqual(['stopping', 'server closed', 'database closed']);
    const names = await readdir(storage());
    expect(names.filter((name) => /\.(wal|lock)$/.test(name))).toEqual([]);
  });

  it('heeds a second SIGINT while it waits for a request to finish', async () => {
    await coral.init();
    const { process: colony, run } = await coral.start();
    // A request whose body never comes keeps the server from closing for seconds.
    const socket = connect(run.port, run.host);
    onTestEnd(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write(
      'POST /v1/metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
    );
    await eventually(async () => {
      const { connections } = await coral.json<{ connections: { http1: number } }>([
        'colony',
        'status',
      ]);
      expect(connections.http1).toBeGreaterThanOrEqual(2);
    });
    colony.signal('SIGINT');
    await colony.waitForOutput(/"stopping"/);
    // Until it counts as another key press.
    await eventually(() => colony.exit !== undefined || (colony.signal('SIGINT'), false));
    expect(colony.exit).toEqual({ code: 130, signal: null });
  });

  it('refuses a second start of a running colony, also with another folder', async () => {
    await coral.init();
    const { process: colony } = await coral.start();
    const second = await coral.run(['colony', 'start', ...off]);
    expect(second.code).toBe(75);
    expect(second.stderr).toContain('CLI_COLONY_RUNNING');
    expect(second.stderr).toContain(`pid ${colony.pid}`);
    const elsewhere = ['--storage-path', coral.dir.file('elsewhere')];
    expect((await coral.run(['colony', 'start', ...off, ...elsewhere])).code).toBe(75);
    expect(existsSync(coral.dir.file('elsewhere'))).toBe(false);
  });

  it('closes the stages before one that fails, and says why: a taken port', async () => {
    await coral.init();
    const { run: taken, process: colony } = await coral.start();
    await coral.run(['init', 'other'], { cwd: coral.dir.path });
    const result = await coral.run(
      ['colony', 'start', '--port', String(taken.port), '-c'].concat(
        (await coral.json<{ colony_id: string }[]>(['colony', 'list']))
          .map(({ colony_id }) => colony_id)
          .filter((id) => id !== taken.colony_id),
        '--otlp-http-port',
        'off',
        '--otlp-grpc-port',
        'off',
        '--storage-path',
        coral.dir.file('other'),
      ),
    );
    expect(result.code).toBe(75);
    expect(result.stderr).toContain('SERVER_ADDRESS_IN_USE');
    expect(result.stderr).toContain('hint:');
    expect(result.stderr).toContain('database closed');
    const names = await readdir(coral.dir.file('other'));
    expect(names.filter((name) => /\.(wal|lock)$/.test(name))).toEqual([]);
    expect(colony.exit).toBeUndefined();
  });

  it('stops when asked, waits until it has stopped, and is content when it is stopped already', async () => {
    const id = await coral.init();
    const { process: colony } = await coral.start();
    const stop = await coral.json<object>(['colony', 'stop']);
    expect(stop).toMatchObject({ colony_id: id, stopped: true, pid: colony.pid });
    expect(isProcessRunning(colony.pid)).toBe(false);
    await expect(colony.waitForExit()).resolves.toEqual({ code: 0, signal: null });
    const again = await coral.run(['colony', 'stop']);
    expect(again).toMatchObject({ code: 0, stdout: `Colony ${id} is not running.\n` });
  });

  it('is stopped by signal when its secret was changed since', async () => {
    const id = await coral.init();
    const { process: colony } = await coral.start();
    const file = join(coral.home, '.coral', 'colonies', `${id}.yaml`);
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace(/colony_secret: .*/, 'colony_secret: a-different-secret-now'),
    );
    const services = await coral.run(['services']);
    expect(services.code).toBe(77);
    expect(services.stderr).toContain('CLI_UNAUTHORIZED');
    expect((await coral.run(['colony', 'stop'])).code).toBe(0);
    await expect(colony.waitForExit()).resolves.toEqual({ code: 0, signal: null });
  });

  it('recognises the run file of a process that was killed, and recovers at the next start', async () => {
    const id = await coral.init();
    const { process: colony, run } = await coral.start();
    await coral.json(['events', 'record', 'deploy', '--service', 'shop/api']);
    // Points of a series that is known by then are acknowledged once the journal has them.
    for (const value of [1, 2]) expect(await sendGauge(run, value)).toBe(200);
    await colony.kill9();
    expect(existsSync(runFilePath(id))).toBe(true);
    const status = await coral.run(['colony', 'status', '--json']);
    expect(status.code).toBe(3);
    const told = JSON.parse(status.stdout) as { database: { journal_bytes: number } };
    expect(told).toMatchObject({ state: 'stopped', died: true });
    expect(told.database.journal_bytes).toBeGreaterThan(0);
    expect((await coral.run(['colony', 'status'])).stdout).toMatch(/WAL [\d.]+ \S+, journal [1-9]/);
    const next = await coral.start();
    expect(next.process.stderr).toContain('run file of a dead process ignored');
    const events = await coral.json<{ event_type: string }[]>(['events']);
    expect(events.map(({ event_type }) => event_type).sort()).toEqual(['deploy', 'recovery']);
    await next.process.terminate();
    const closed = await coral.run(['colony', 'status', '--json']);
    expect(JSON.parse(closed.stdout)).toMatchObject({
      died: false,
      database: { journal_bytes: 0 },
    });
  });

  it('ignores a run file whose process id belongs to another process by now', async () => {
    const id = await coral.init();
    const { process: colony, run } = await coral.start();
    await colony.kill9();
    const reused: RunFile = { ...run, pid: process.pid };
    await writeFile(runFilePath(id), JSON.stringify(reused));
    expect((await coral.run(['colony', 'status'])).code).toBe(3);
    const stop = await coral.run(['colony', 'stop']);
    expect(stop).toMatchObject({ code: 0, stdout: expect.stringContaining('is not running') });
  });

  it('lists colonies, and uses another by default', async () => {
    const first = await coral.init('one');
    await coral.run(['init', 'two'], { cwd: coral.dir.path });
    const { run } = await coral.start();
    const list = await coral.json<{ colony_id: string; current: boolean; state: string }[]>([
      'colony',
      'list',
    ]);
    expect(list).toHaveLength(2);
    const second = list.find(({ colony_id }) => colony_id !== first)!;
    expect(second).toMatchObject({ current: false, state: 'stopped' });
    expect(list.find(({ colony_id }) => colony_id === first)).toMatchObject({
      current: true,
      state: 'running',
      pid: run.pid,
    });
    const use = await coral.run(['colony', 'use', second.colony_id]);
    expect(use.code).toBe(0);
    expect(use.stderr).toContain(`Here ${first} is still used: project`);
    const elsewhere = { cwd: coral.home };
    expect((await coral.run(['colony', 'current'], elsewhere)).stdout).toBe(
      `${second.colony_id}\n`,
    );
    expect((await coral.run(['colony', 'current'])).stdout).toBe(`${first}\n`);
    expect((await coral.run(['colony', 'use', 'three-dev-000000'])).code).toBe(66);
  });
});

describe('coral colony start --detach', () => {
  const coral = useCoral();

  it('returns once the colony is ready, which goes on by itself and logs to a file', async () => {
    const id = await coral.init();
    const started = await coral.json<RunFile & { log_path: string }>([
      'colony',
      'start',
      '--detach',
      ...off,
    ]);
    expect(started.colony_id).toBe(id);
    expect(isProcessRunning(started.pid)).toBe(true);
    expect((await coral.run(['colony', 'status'])).code).toBe(0);
    expect(started.log_path).toBe(join(coral.home, '.coral', 'logs', `${id}.log`));
    const log = await readFile(started.log_path, 'utf8');
    expect(log).toContain('database initialized');
    expect((await stat(started.log_path)).mode & 0o777).toBe(0o600);
    if (process.platform === 'linux') expect(sessionOf(started.pid)).toBe(started.pid);
    expect((await coral.run(['colony', 'stop'])).code).toBe(0);
    expect(isProcessRunning(started.pid)).toBe(false);
  });

  it('makes a development colony too, and says so', async () => {
    const { code, stderr, stdout } = await coral.run(['colony', 'start', '--detach', ...off]);
    expect(code).toBe(0);
    expect(stderr).toContain('No colony is configured');
    expect(stdout).toMatch(/is ready \(pid \d+\)/);
    expect(stdout).toContain('.log');
  });

  it('reports why a colony did not start, under the code and exit code of its own', async () => {
    await coral.init();
    const { run } = await coral.start();
    await coral.run(['init', 'other'], { cwd: coral.dir.path });
    const taken = [
      '--port',
      String(run.port),
      '--otlp-http-port',
      'off',
      '--otlp-grpc-port',
      'off',
    ];
    const result = await coral.run(['colony', 'start', '--detach', ...taken], {
      cwd: coral.dir.path,
    });
    expect(result.code).toBe(75);
    expect(result.stderr).toContain('SERVER_ADDRESS_IN_USE');
  });

  it('hands its options on to the background', async () => {
    await coral.init();
    const port = await freePort();
    const folder = coral.dir.file('data of mine');
    const options = [
      '--port',
      String(port),
      '--otlp-http-port',
      'off',
      '--otlp-grpc-port',
      'off',
      '--storage-path',
      folder,
    ];
    const started = await coral.json<RunFile>([
      'colony',
      'start',
      '--detach',
      ...options,
      '--no-self-metrics',
    ]);
    expect(started).toMatchObject({
      port,
      storage_path: folder,
      otlp_http_port: null,
      otlp_grpc_port: null,
    });
    await expect(coral.json(['services'])).resolves.toEqual([]);
  });
});

/** Its own session: no signal of the terminal that started it arrives. Source: proc_pid_stat(5). */
function sessionOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]);
}

/** @returns the status of the answer */
async function sendGauge({ host, port }: RunFile, asDouble: number): Promise<number> {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asDouble }];
  const metrics = [{ name: 'load', gauge: { dataPoints } }];
  const answer = await fetch(`http://${host}:${port}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  });
  return answer.status;
}
