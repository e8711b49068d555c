import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { writeAutomaticEvents, type AutomaticEvent } from './automatic-events.js';

/** Kinds of events that are added to; the reason that their details give. */
export type OpenEventKind = 'error_burst' | 'fatal_log' | 'many_new_errors';

/** An event that goes on. Times in µs. */
export interface OpenEvent {
  /** 0 until it is written. */
  id: number;
  readonly serviceId: string;
  readonly kind: OpenEventKind;
  /** The instance, or `''`. */
  readonly subject: string;
  startedUs: number;
  lastUs: number;
  /** When the event happened, if that is not when it started: a minute starts before its first error. */
  timestampUs: number;
  count: number;
  readonly usual: number;
  /** What of the details stays as it is. */
  readonly note: Readonly<Record<string, unknown>>;
  /** What of them changes. */
  measures: Readonly<Record<string, unknown>>;
  isChanged: boolean;
}

const eventTypes: Readonly<Record<OpenEventKind, AutomaticEvent['eventType']>> = {
  error_burst: 'alert',
  fatal_log: 'crash',
  many_new_errors: 'alert',
};

const readSql = `
SELECT event_id, service_id, kind, subject, epoch_us(started_at) AS started_us,
  epoch_us(last_at) AS last_us, count, usual, note
FROM open_events
WHERE last_at >= make_timestamp(?)
  AND service_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
ORDER BY started_at, event_id`;

const columns = {
  event_id: 'INTEGER',
  service_id: 'VARCHAR',
  kind: 'VARCHAR',
  subject: 'VARCHAR',
  started_us: 'BIGINT',
  last_us: 'BIGINT',
  count: 'BIGINT',
  usual: 'DOUBLE',
  note: 'VARCHAR',
};

const upsertSql = `
INSERT INTO open_events
SELECT event_id, service_id, kind, subject, make_timestamp(started_us), make_timestamp(last_us),
  count, usual, note
FROM ${fromJsonRows(columns)}
ON CONFLICT (event_id) DO UPDATE SET
  started_at = excluded.started_at, last_at = excluded.last_at, count = excluded.count`;

const updateEventsSql = `
UPDATE events SET details = changed.details, timestamp = least(timestamp, make_timestamp(changed.timestamp_us))
FROM ${fromJsonRows({ id: 'INTEGER', timestamp_us: 'BIGINT', details: 'VARCHAR' })} AS changed
WHERE events.id = changed.id`;

/** Reads the events of some services that may still go on. */
export async function readOpenEvents(
  connection: Connection,
  services: readonly string[],
  sinceUs: number,
): Promise<OpenEvent[]> {
  const rows = await connection.query(readSql, [sinceUs, JSON.stringify(services)]);
  return rows.map((row) => ({
    id: row['event_id'] as number,
    serviceId: row['service_id'] as string,
    kind: row['kind'] as OpenEventKind,
    subject: row['subject'] as string,
    startedUs: row['started_us'] as number,
    lastUs: row['last_us'] as number,
    // The event keeps the earlier of this and what it has.
    timestampUs: Number.MAX_SAFE_INTEGER,
    count: row['count'] as number,
    usual: row['usual'] as number,
    note: JSON.parse(row['note'] as string) as Record<string, unknown>,
    measures: {},
    isChanged: false,
  }));
}

/** Writes those that are new or changed, and with the new ones events that happen once. */
export async function writeOpenEvents(
  connection: Connection,
  open: readonly OpenEvent[],
  once: readonly AutomaticEvent[],
): Promise<void> {
  const fresh = open.filter(({ id }) => id === 0);
  const changed = open.filter(({ id, isChanged }) => id !== 0 && isChanged);
  const ids = await writeAutomaticEvents(connection, [
    ...once,
    ...fresh.map((event) => ({
      timestampUs: event.timestampUs,
      serviceId: event.serviceId,
      eventType: eventTypes[event.kind],
      details: detailsOf(event),
    })),
  ]);
  fresh.forEach((event, index) => (event.id = ids[once.length + index]!));
  if (changed.length > 0) {
    await connection.run(updateEventsSql, [
      JSON.stringify(
        changed.map((event) => ({
          id: event.id,
          timestamp_us: event.timestampUs,
          details: JSON.stringify(detailsOf(event)),
        })),
      ),
    ]);
  }
  const rows = [...fresh, ...changed];
  if (rows.length === 0) return;
  await connection.run(upsertSql, [
    JSON.stringify(
      rows.map((event) => ({
        event_id: event.id,
        service_id: event.serviceId,
        kind: event.kind,
        subject: event.subject,
        started_us: event.startedUs,
        last_us: event.lastUs,
        count: event.count,
        usual: event.usual,
        note: JSON.stringify(event.note),
      })),
    ),
  ]);
}

function detailsOf({ kind, count, note, measures }: OpenEvent): AutomaticEvent['details'] {
  return { reason: kind, count, ...measures, ...note };
}
