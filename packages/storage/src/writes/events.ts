import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import {
  optional,
  requireDate,
  requireJsonObject,
  requireName,
  type JsonObject,
} from './check-input.js';

/** What a writer says of an event. */
export interface EventInput {
  /** Default now. */
  readonly timestamp?: Date;
  readonly serviceId: string;
  /** deploy, crash, restart, alert, connection, or a word of your own. */
  readonly eventType: string;
  readonly details?: JsonObject;
  readonly correlationGroup?: string;
}

export function checkEvents(events: readonly EventInput[], now: Date): string {
  return JSON.stringify(
    events.map((event, index) => {
      const field = (name: string) => (events.length === 1 ? name : `[${index}].${name}`);
      const timestamp = event.timestamp ? requireDate(field('timestamp'), event.timestamp) : now;
      return {
        position: index,
        timestamp_us: timestamp.getTime() * 1000,
        service_id: requireName(field('serviceId'), event.serviceId),
        event_type: requireName(field('eventType'), event.eventType),
        details: optional(event.details, (value) => requireJsonObject(field('details'), value)),
        correlation_group: optional(event.correlationGroup, (value) =>
          requireName(field('correlationGroup'), value),
        ),
      };
    }),
  );
}

/** Appends events. @returns their ids, in order */
export async function writeEvents(connection: Connection, rows: string): Promise<number[]> {
  const inserted = await connection.query(
    `INSERT INTO events
     SELECT nextval('events_id_sequence'), make_timestamp(timestamp_us), service_id, event_type, details, correlation_group
     FROM (FROM ${fromJsonRows({
       position: 'INTEGER',
       timestamp_us: 'BIGINT',
       service_id: 'VARCHAR',
       event_type: 'VARCHAR',
       details: 'VARCHAR',
       correlation_group: 'VARCHAR',
     })} ORDER BY position)
     RETURNING id`,
    [rows],
  );
  return inserted.map((row) => row['id'] as number);
}
