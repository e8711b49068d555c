import type { ConfigFlags } from '@coral/config';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { ColonyAnswerError } from '../coded-error.js';
import { ensureColony } from '../colony/ensure-colony.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import type { RunFile } from '../colony/run-file.js';
import type { CommandContext } from '../command-context.js';

/** A colony in the background. */
export interface DetachedColony {
  readonly run: RunFile;
  readonly logPath: string;
}

const pollMs = 25;
const tailLines = 15;
const maxLogBytes = 10 * 1024 * 1024;

/**
 * Starts a colony in a session of its own and resolves once it is ready.
 *
 * Ready means that its run file is there, which the colony writes last. When it ends before, or
 * takes longer than allowed (it is then stopped), the end of its log is in the error.
 *
 * Units: timeoutSeconds seconds.
 *
 * @throws {CliError} `CLI_START_FAILED`; or under the code that the colony itself gave.
 */
export async function startDetached(
  context: CommandContext,
  flags: ConfigFlags,
  timeoutSeconds: number,
): Promise<DetachedColony> {
  const { io } = context;
  const { baseDir, colonyId } = await ensureColony(context, flags);
  const logPath = join(baseDir, 'logs', `${colonyId}.log`);
  const log = await openLog(logPath);
  const logStart = log.sizeBytes;
  const child = spawn(io.process.execPath, childArguments(io.process.entryPath, colonyId, flags), {
    cwd: io.cwd,
    env: { ...io.env },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.file.fd, log.file.fd],
  });
  const ended = endOf(child);
  await log.file.close();
  const giveUpAt = io.now() + timeoutSeconds * 1000;
  for (;;) {
    const presence = await findRunningColony(baseDir, colonyId, io.process);
    if (presence.state === 'running' && presence.run.pid === child.pid) {
      child.unref();
      return { run: presence.run, logPath };
    }
    const end = await Promise.race([ended, sleep(pollMs)]);
    if (end !== undefined) throw await startFailed(colonyId, end, logPath, logStart);
    if (io.now() >= giveUpAt) {
      child.kill('SIGTERM');
      await ended;
      throw await startFailed(colonyId, `not ready within ${timeoutSeconds} s`, logPath, logStart);
    }
  }
}

function childArguments(entryPath: string, colonyId: string, flags: ConfigFlags): string[] {
  const { host, port, otlpHttpPort, otlpGrpcPort, storagePath, logLevel, selfMetrics, migrate } =
    flags;
  const options = Object.entries({
    host,
    port,
    'otlp-http-port': otlpHttpPort,
    'otlp-grpc-port': otlpGrpcPort,
    'storage-path': storagePath,
    'log-level': logLevel,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  if (selfMetrics === false) options.push('--no-self-metrics');
  if (migrate === false) options.push('--no-migrate');
  // --json makes the child's last error one line that can be read back.
  return [entryPath, 'colony', 'start', colonyId, '--json', '--log-format', 'json', ...options];
}

/** Opens the log for appending; a large one is put aside first, and replaces the one before. */
async function openLog(path: string) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if ((await sizeOf(path)) > maxLogBytes) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  return { file, sizeBytes: await sizeOf(path) };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Resolves to how a child ended, in words. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function startFailed(colonyId: string, why: string, logPath: string, from: number) {
  const text = (await readFile(logPath)).subarray(from).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const own = lines.map(readError).findLast((error) => error !== undefined);
  if (own !== undefined) return own;
  const tail = lines.slice(-tailLines).map((line) => `  ${line}`);
  return new CliError(
    'CLI_START_FAILED',
    [`Colony ${colonyId} did not start: ${why}. The end of ${logPath}:`, ...tail].join('\n'),
    { hint: 'Start it in the foreground to watch: coral colony start' },
  );
}

/** The coded error a child printed with `--json`. */
function readError(line: string): Error | undefined {
  if (!line.startsWith('{"error":{"code":')) return undefined;
  const { error } = JSON.parse(line) as { error: { code: string; message: string } };
  return new ColonyAnswerError(error.code, error.message);
}
