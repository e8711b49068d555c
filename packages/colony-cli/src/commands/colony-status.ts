import type { ResolvedConfig } from '@coral/config';
import { stat } from 'node:fs/promises';
import { apiAddress } from '../colony/api-address.js';
import { callApi } from '../colony/api-client.js';
import type { ColonyStatus, OtlpPort } from '../colony/colony-status-message.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { RunFile } from '../colony/run-file.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { jobText } from '../render/job-text.js';
import { renderObject } from '../render/render.js';
import { targetText } from '../render/target-text.js';
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatNumber,
  formatRows,
  formatTime,
} from '../render/units.js';

/** `coral colony status`, `coral status` */
export interface ColonyStatusInput extends Record<string, unknown> {
  readonly colony?: string;
}

/** Says what is true about a colony. Exits 0 when it runs, 3 when it is stopped. */
export async function colonyStatus(
  context: CommandContext,
  input: ColonyStatusInput,
): Promise<number> {
  const { io } = context;
  const config = await resolveColony(context, { colony: input.colony });
  const presence = await findRunningColony(config.baseDir, config.colonyId, io.process);
  if (presence.state === 'running') {
    await showRunning(context, config, presence.run);
    return exitCodes.ok;
  }
  await showStopped(context, config, presence.stale);
  return exitCodes.stopped;
}

async function showRunning(
  context: CommandContext,
  config: ResolvedConfig,
  run: RunFile,
): Promise<void> {
  const address = apiAddress(config, run);
  const status = (await callApi(address, {
    method: 'GET',
    path: '/api/v1/status',
  })) as ColonyStatus;
  const { database, ingest, settings } = status;
  const nowMs = context.io.now();
  await renderObject(context, {
    fields: [
      ['colony', status.colony_id],
      ['state', 'running'],
      ['pid', String(status.pid)],
      ['uptime', formatDuration(status.uptime_s * 1000)],
      ['version', status.version],
      ['listens', `http://${run.host}:${run.port}`],
      ['otlp', `HTTP ${portText(status.otlp_http)}, gRPC ${portText(status.otlp_grpc)}`],
      ['file', database.path],
      ['size', `${formatBytes(database.size_bytes)}, WAL ${formatBytes(database.wal_bytes)}`],
      ['room', roomText(status.room)],
      ['retention', retentionText(status.retention, nowMs)],
      ['checkpoint', formatAge(toDate(database.last_checkpoint_at), nowMs)],
      ['schema', `version ${database.schema_version}`],
      [
        'ingest',
        `${formatNumber(ingest.points_per_second)} points/s; ${database.points.accepted} accepted, ${database.points.rejected} rejected since the start`,
      ],
      ['auth', authText(settings.loopback_without_token)],
      ...status.scrape.map(
        (target) => [`scrape ${target.job}`, targetText(target, nowMs)] as const,
      ),
      ...status.jobs.map((job) => [`job ${job.name}`, jobText(job, nowMs)] as const),
    ],
    json: { state: 'running', ...(status as unknown as JsonObject) },
  });
}

async function showStopped(
  context: CommandContext,
  config: ResolvedConfig,
  stale: RunFile | undefined,
): Promise<void> {
  const { path, databasePath } = config.storage;
  const sizeBytes = await sizeOf(databasePath);
  const walBytes = await sizeOf(`${databasePath}.wal`);
  const journalBytes = await sizeOfJournal(databasePath);
  const { loopbackWithoutToken } = config.telemetry;
  await renderObject(context, {
    fields: [
      ['colony', config.colonyId],
      [
        'state',
        stale === undefined ? 'stopped' : `stopped (pid ${stale.pid} died without closing)`,
      ],
      ['file', sizeBytes === undefined ? `${databasePath} (not made yet)` : databasePath],
      [
        'size',
        `${formatBytes(sizeBytes ?? 0)}, WAL ${formatBytes(walBytes ?? 0)}, journal ${formatBytes(journalBytes)}`,
      ],
      ['auth', authText(loopbackWithoutToken)],
    ],
    json: {
      state: 'stopped',
      colony_id: config.colonyId,
      died: stale !== undefined,
      storage_path: path,
      database: {
        path: databasePath,
        exists: sizeBytes !== undefined,
        size_bytes: sizeBytes ?? 0,
        wal_bytes: walBytes ?? 0,
        journal_bytes: journalBytes,
      },
      settings: { loopback_without_token: loopbackWithoutToken },
    },
  });
}

function roomText(room: ColonyStatus['room']): string {
  const budget = room.max_size_bytes === 0 ? '' : ` of ${formatBytes(room.max_size_bytes)}`;
  const trash = room.trash_bytes === 0 ? '' : ` (trash ${formatBytes(room.trash_bytes)})`;
  const refused = room.refuses === null ? '' : `; writes are refused: ${room.refuses}`;
  return `${formatBytes(room.used_bytes)}${budget} used${trash}, ${formatBytes(room.free_disk_bytes)} of the disk free${refused}`;
}

function retentionText(retention: ColonyStatus['retention'], nowMs: number): string {
  const { last_run_at, last_run_rows, held_until } = retention;
  const waits =
    held_until === null ? '' : `; waits until ${formatTime(new Date(held_until))} after an undo`;
  if (last_run_at === null) return `has not run yet${waits}`;
  return `${formatRows(last_run_rows ?? 0)} deleted ${formatAge(new Date(last_run_at), nowMs)}${waits}`;
}

/** The port that the listing names takes OTLP too, so none of these is an error. */
function portText(port: OtlpPort): string {
  if (port.state === 'listening') return `at http://${port.host}:${port.port}`;
  return port.state === 'off' ? 'off' : `without a port (${port.port} is taken)`;
}

function authText(loopbackWithoutToken: boolean): string {
  return loopbackWithoutToken
    ? 'token needed, except for telemetry from this machine'
    : 'token needed';
}

function toDate(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}

/** Points that a colony which died has not brought into its database; the next start does. */
async function sizeOfJournal(databasePath: string): Promise<number> {
  const [a, b] = await Promise.all(
    ['a', 'b'].map((name) => sizeOf(`${databasePath}.journal-${name}`)),
  );
  return (a ?? 0) + (b ?? 0);
}

/** Only asks the file system: opening the file by other means would drop its owner's lock. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
