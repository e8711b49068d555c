/** Event log: important events only. Source: RFD 010, Database Schema. */
export const eventsDdl = `
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    timestamp TIMESTAMP NOT NULL,
    service_id TEXT NOT NULL,
    event_type TEXT NOT NULL,  -- deploy, crash, restart, alert, connection
    details TEXT,  -- JSON string
    correlation_group TEXT
)`;

/** Where ids come from. It has gaps after a crash: an id is no proof of completeness. */
export const eventsSequenceDdl = 'CREATE SEQUENCE IF NOT EXISTS events_id_sequence';

/** Something that happened to a service. */
export interface Event {
  readonly id: number;
  readonly timestamp: Date;
  readonly serviceId: string;
  /** deploy, crash, restart, alert, connection, or a word of the sender's own. */
  readonly eventType: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly correlationGroup?: string;
}
