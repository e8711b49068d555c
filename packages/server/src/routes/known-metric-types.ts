import type { Database } from '@coral/storage';
import { MetricTypes } from '@coral/telemetry';

/**
 * The types of metrics that the store's series tell: those that names alone would get wrong.
 *
 * Prometheus tells types about once a minute. Until then a counter whose name does not say so would go
 * on as a gauge after every start of the colony, as another series.
 */
export async function knownMetricTypes(
  database: Pick<Database, 'listMetricTypes'>,
): Promise<MetricTypes> {
  const types = new MetricTypes();
  for (const { metricName, type } of await database.listMetricTypes()) {
    if (types.roleOf(metricName, false) !== type) types.learn(metricName, type);
  }
  return types;
}
