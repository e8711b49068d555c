import pino from 'pino';
import type { OutputStream } from '../io.js';

/** Levels a colony logs at. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** How the log is written. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** `pretty` for people, `json` for programs: one object a line. */
  readonly format: 'pretty' | 'json';
  readonly colors: boolean;
  readonly stream: OutputStream;
}

// Whatever is handed to the log by mistake: these keys are never printed.
const secretKeys = [
  'token',
  'secret',
  'colony_secret',
  'colonySecret',
  'authorization',
  'private_key',
];

/**
 * Makes the colony's log.
 *
 * Every line is written before the call returns, so that the last words of a process that dies
 * are there to be read. Secrets are replaced by key, one level deep and two.
 */
export async function createLogger(options: LoggerOptions): Promise<pino.Logger> {
  const { level, format, colors, stream } = options;
  const settings: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: secretKeys.flatMap((key) => [key, `*.${key}`]),
      censor: '[redacted]',
    },
  };
  if (format === 'json') return pino(settings, stream);
  const { default: pinoPretty } = await import('pino-pretty');
  const pretty = pinoPretty.prettyFactory({
    colorize: colors,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  return pino(settings, { write: (line: string) => void stream.write(pretty(line)) });
}
