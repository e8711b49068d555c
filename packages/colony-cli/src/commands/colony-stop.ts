import type { ResolvedConfig } from '@coral/config';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { apiAddress } from '../colony/api-address.js';
import { callApi } from '../colony/api-client.js';
import { findRunningColony, isSameProcess } from '../colony/find-running-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { RunFile } from '../colony/run-file.js';
import { removeRunFile, runFilePath } from '../colony/run-file.js';
import type { CommandContext } from '../command-context.js';
import { isCodedError } from '../coded-error.js';
import { exitCodes } from '../exit-codes.js';
import { remark, renderDone } from '../render/render.js';
import { formatDuration } from '../render/units.js';

/** `coral colony stop` */
export interface ColonyStopInput extends Record<string, unknown> {
  readonly colony?: string;
  /** Seconds. */
  readonly timeout: number;
}

const pollMs = 50;
const dotEveryMs = 500;

/** Asks a running colony to stop, and returns when its process has ended. */
export async function colonyStop(context: CommandContext, input: ColonyStopInput): Promise<number> {
  const { io } = context;
  const config = await resolveColony(context, { colony: input.colony });
  const { baseDir, colonyId } = config;
  const presence = await findRunningColony(baseDir, colonyId, io.process);
  if (presence.state === 'stopped') {
    if (presence.stale !== undefined) {
      await removeRunFile(runFilePath(baseDir, colonyId), presence.stale.pid);
    }
    const text = `Colony ${colonyId} is not running.`;
    await renderDone(context, { text, json: { colony_id: colonyId, stopped: false } });
    return exitCodes.ok;
  }
  const { run } = presence;
  const startedMs = io.now();
  await askToStop(context, config, run);
  await waitForEnd(context, run, startedMs + input.timeout * 1000);
  // A process that was killed on its way down leaves it behind.
  await removeRunFile(runFilePath(baseDir, colonyId), run.pid);
  const tookMs = io.now() - startedMs;
  await renderDone(context, {
    text: `Colony ${colonyId} has stopped (pid ${run.pid}, ${formatDuration(tookMs)}).`,
    json: { colony_id: colonyId, stopped: true, pid: run.pid, took_ms: tookMs },
  });
  return exitCodes.ok;
}

/** Over the API; by signal when that does not work, such as after its secret was changed. */
async function askToStop(
  context: CommandContext,
  config: ResolvedConfig,
  run: RunFile,
): Promise<void> {
  try {
    const address = apiAddress(config, run);
    await callApi(address, { method: 'POST', path: '/api/v1/stop', idleTimeoutMs: 5_000 });
    await remark(context, `asked pid ${run.pid} to stop`);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    await remark(context, `${error.message} Sending SIGTERM to pid ${run.pid}.`);
    terminate(context, run.pid);
  }
}

function terminate({ io }: CommandContext, pid: number): void {
  try {
    io.process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitForEnd(context: CommandContext, run: RunFile, giveUpAt: number): Promise<void> {
  const { io } = context;
  const showsDots = io.stderr.isTTY === true && !context.globals.json;
  let nextDotMs = io.now() + dotEveryMs;
  let dots = 0;
  try {
    while (await isSameProcess(run, io.process)) {
      const nowMs = io.now();
      if (nowMs >= giveUpAt) throw stopTimeout(run);
      if (showsDots && nowMs >= nextDotMs) {
        io.stderr.write('.');
        dots += 1;
        nextDotMs = nowMs + dotEveryMs;
      }
      await sleep(pollMs);
    }
  } finally {
    if (dots > 0) io.stderr.write('\n');
  }
}

function stopTimeout({ colony_id, pid }: RunFile): CliError {
  return new CliError('CLI_STOP_TIMEOUT', `Colony ${colony_id} (pid ${pid}) has not stopped yet.`, {
    hint: `Wait longer with --timeout, or end it with kill -9 ${pid}: nothing acknowledged is lost.`,
    details: { pid },
  });
}
