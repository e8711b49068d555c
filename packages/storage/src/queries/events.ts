import type { Row } from '../duckdb/connection.js';
import type { Event } from '../schema/tables/events.js';
import { parseJsonObject, present, requireLimit, whereOf } from './conditions.js';
import { optional, requireDate } from '../writes/check-input.js';
import type { ReaderPool } from './reader-pool.js';

export interface ListEventsFilter {
  readonly serviceId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly correlationGroup?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Default 1000. */
  readonly limit?: number | undefined;
}

/** Newest first. */
export async function readEvents(readers: ReaderPool, filter: ListEventsFilter): Promise<Event[]> {
  const { sql, parameters } = whereOf([
    ['service_id = ?', filter.serviceId],
    ['event_type = ?', filter.eventType],
    ['correlation_group = ?', filter.correlationGroup],
    ['timestamp >= ?', optional(filter.from, (value) => requireDate('from', value))],
    ['timestamp < ?', optional(filter.to, (value) => requireDate('to', value))],
  ]);
  const rows = await readers.query(
    `SELECT * FROM events ${sql} ORDER BY timestamp DESC, id DESC LIMIT ?`,
    [...parameters, requireLimit(filter.limit)],
  );
  return rows.map(toEvent);
}

function toEvent(row: Row): Event {
  return present({
    id: row['id'],
    timestamp: row['timestamp'],
    serviceId: row['service_id'],
    eventType: row['event_type'],
    details: parseJsonObject(row['details']),
    correlationGroup: row['correlation_group'],
  }) as Event;
}
