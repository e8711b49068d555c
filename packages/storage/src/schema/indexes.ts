/** A secondary index: what creation, the audit and the repair all work from. */
export interface IndexDefinition {
  readonly name: string;
  readonly table: string;
  readonly column: string;
}

/** The RFD's indexes, exactly. Never UNIQUE: a lost entry would let duplicates in. */
export const indexDefinitions: readonly IndexDefinition[] = [
  { name: 'idx_services_agent_id', table: 'services', column: 'agent_id' },
  { name: 'idx_services_status', table: 'services', column: 'status' },
  { name: 'idx_services_last_seen', table: 'services', column: 'last_seen' },
  { name: 'idx_metric_summaries_service_id', table: 'metric_summaries', column: 'service_id' },
  { name: 'idx_metric_summaries_metric_name', table: 'metric_summaries', column: 'metric_name' },
  { name: 'idx_events_service_id', table: 'events', column: 'service_id' },
  { name: 'idx_events_type', table: 'events', column: 'event_type' },
  { name: 'idx_events_timestamp', table: 'events', column: 'timestamp' },
  { name: 'idx_events_correlation', table: 'events', column: 'correlation_group' },
  { name: 'idx_insights_status', table: 'insights', column: 'status' },
  { name: 'idx_insights_priority', table: 'insights', column: 'priority' },
  { name: 'idx_insights_created_at', table: 'insights', column: 'created_at' },
  { name: 'idx_service_connections_from', table: 'service_connections', column: 'from_service' },
  { name: 'idx_service_connections_to', table: 'service_connections', column: 'to_service' },
  { name: 'idx_baselines_service_id', table: 'baselines', column: 'service_id' },
  { name: 'idx_baselines_metric_name', table: 'baselines', column: 'metric_name' },
];

export function createIndexSql({ name, table, column }: IndexDefinition): string {
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${table}(${column})`;
}
