import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.js';

/**
 * Where a running colony is found; written when it is ready and removed when it stops.
 *
 * It holds no secret: the token is derived from the colony's secret by whoever may read that.
 */
export interface RunFile {
  readonly colony_id: string;
  readonly pid: number;
  /** What {@link processStart} said of `pid`; null where the system does not tell. */
  readonly process_start: string | null;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** Null when the colony opened no port of its own for OTLP over HTTP. */
  readonly otlp_http_port: number | null;
  /** Null when it opened none for OTLP over gRPC. */
  readonly otlp_grpc_port: number | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly storage_path: string;
  readonly database_path: string;
}

/** `<baseDir>/run/<colonyId>.json`. */
export function runFilePath(baseDir: string, colonyId: string): string {
  return join(baseDir, 'run', `${colonyId}.json`);
}

/**
 * `<baseDir>/last/<colonyId>.json`: the run file of its last start, kept after it stopped. A colony
 * whose storage path is relative to its project is found by it from elsewhere.
 */
export function lastRunFilePath(baseDir: string, colonyId: string): string {
  return join(baseDir, 'last', `${colonyId}.json`);
}

/**
 * Reads a run file. Whether that colony still runs is another question.
 *
 * Shape: undefined when there is none, and when its text is not a run file: an earlier process
 * that died while writing leaves only its temporary file, so any other text is not ours.
 */
export async function readRunFile(path: string): Promise<RunFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw runFileError('read', path, error);
  }
  return parseRunFile(text);
}

/**
 * Writes a run file, readable by its owner only and never seen half written.
 *
 * @throws {CliError} `CLI_RUN_FILE` when the folder or file cannot be written.
 */
export async function writeRunFile(path: string, run: RunFile): Promise<void> {
  const temporary = `${path}.${run.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(run, null, 2)}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw runFileError('write', path, error);
  }
}

/** Removes a run file unless another process has written it since. */
export async function removeRunFile(path: string, pid: number): Promise<void> {
  const found = await readRunFile(path);
  if (found !== undefined && found.pid === pid) await rm(path, { force: true });
}

function parseRunFile(text: string): RunFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // A colony of an older version that still runs knows nothing of this port.
  if (typeof value === 'object' && value !== null) value = { otlp_grpc_port: null, ...value };
  return isRunFile(value) ? value : undefined;
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false;
  const run = value as Partial<Record<keyof RunFile, unknown>>;
  const texts = [run.colony_id, run.version, run.host, run.started_at, run.storage_path];
  return (
    [...texts, run.database_path].every((field) => typeof field === 'string') &&
    [run.pid, run.port].every((field) => Number.isInteger(field) && (field as number) > 0) &&
    (run.process_start === null || typeof run.process_start === 'string') &&
    [run.otlp_http_port, run.otlp_grpc_port].every(
      (port) => port === null || Number.isInteger(port),
    )
  );
}

function runFileError(verb: string, path: string, cause: unknown): CliError {
  const reason = (cause as Error).message;
  return new CliError('CLI_RUN_FILE', `Cannot ${verb} the run file ${path}: ${reason}`, {
    cause,
    hint: 'Make its folder accessible to you, or point CORAL_CONFIG at another base directory.',
  });
}
