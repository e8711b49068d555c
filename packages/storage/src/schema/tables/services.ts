/** Services in the mesh. Source: RFD 010, Database Schema. */
export const servicesDdl = `
CREATE TABLE IF NOT EXISTS services (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    app_id TEXT NOT NULL,
    version TEXT,
    agent_id TEXT NOT NULL,
    labels TEXT,  -- JSON string
    last_seen TIMESTAMP NOT NULL,
    status TEXT NOT NULL  -- running, stopped, error
)`;

export const serviceStatuses = ['running', 'stopped', 'error'] as const;
export type ServiceStatus = (typeof serviceStatuses)[number];

/** A service that the colony knows. Times are UTC. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  readonly version?: string;
  readonly agentId: string;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly lastSeen: Date;
  readonly status: ServiceStatus;
}
