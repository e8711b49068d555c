import type { Connection } from '../duckdb/connection.js';
import type { AutomaticEvent } from '../events/automatic-events.js';

/** A process that is no more, and what it said last. Times in µs; 0: never. */
export interface EndedProcess {
  readonly instance: string;
  readonly lastSeenUs: number;
  readonly lastErrorUs: number;
  readonly lastError: string;
}

export interface Restart {
  readonly serviceId: string;
  readonly ended: EndedProcess;
  /** The one that runs now; the same, or the one in its place. */
  readonly instance: string;
  readonly reason: 'started_again' | 'replaced';
  /** When it happened. µs */
  readonly atUs: number;
  /** By the process itself; 0 when it does not say. µs */
  readonly startedUs: number;
}

/** Errors this shortly before a process was heard of last are taken for its end. µs */
const lastWordsUs = 60_000_000;
/** A fatal error this shortly before has its crash already. µs */
const sameCrashUs = 300_000_000;

const toldSql = `
SELECT count(*)::INTEGER AS told FROM open_events
WHERE service_id = ? AND kind = 'fatal_log' AND subject = ? AND last_at >= make_timestamp(?)`;

/**
 * The events of a restart: `restart`, and `crash` when the process ended with an error. Nothing tells
 * for certain how a process ended: telemetry does not say that it stops. An error within a minute of
 * the last sign of life is evidence, and the event shows it.
 */
export async function restartEvents(
  connection: Connection,
  { serviceId, ended, instance, reason, atUs, startedUs }: Restart,
): Promise<AutomaticEvent[]> {
  const restart: AutomaticEvent = {
    timestampUs: atUs,
    serviceId,
    eventType: 'restart',
    details: {
      reason,
      instance,
      ...(ended.instance === instance ? {} : { replaces: ended.instance }),
      ...(startedUs === 0 ? {} : { startedAt: isoTime(startedUs) }),
      lastSeenBefore: isoTime(ended.lastSeenUs),
    },
  };
  if (ended.lastErrorUs === 0 || ended.lastErrorUs < ended.lastSeenUs - lastWordsUs) {
    return [restart];
  }
  const [row] = await connection.query(toldSql, [
    serviceId,
    ended.instance,
    ended.lastErrorUs - sameCrashUs,
  ]);
  if ((row!['told'] as number) > 0) return [restart];
  const crash: AutomaticEvent = {
    timestampUs: Math.min(ended.lastErrorUs, atUs),
    serviceId,
    eventType: 'crash',
    details: { reason: 'restart_after_error', message: ended.lastError, instance: ended.instance },
  };
  return [crash, restart];
}

function isoTime(us: number): string {
  return new Date(us / 1000).toISOString();
}
