/** Service topology. Source: RFD 010, Database Schema. */
export const serviceConnectionsDdl = `
CREATE TABLE IF NOT EXISTS service_connections (
    from_service TEXT NOT NULL,
    to_service TEXT NOT NULL,
    protocol TEXT NOT NULL,
    first_observed TIMESTAMP NOT NULL,
    last_observed TIMESTAMP NOT NULL,
    connection_count INTEGER NOT NULL,
    PRIMARY KEY (from_service, to_service, protocol)
)`;

/** That one service talks to another. */
export interface ServiceConnection {
  readonly fromService: string;
  readonly toService: string;
  readonly protocol: string;
  readonly firstObserved: Date;
  readonly lastObserved: Date;
  readonly connectionCount: number;
}
