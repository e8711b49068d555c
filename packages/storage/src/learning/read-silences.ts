import type { Store } from '../store.js';
import type { Member } from './finding.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { ownService } from './read-deviations.js';
import { dayMs, hourMs, windowMs } from './whole-windows.js';

/** The share of the day's windows that a metric must have had to be missed … */
const regularShare = 0.9;
/** … of those that the metric with most of them had: the colony may have been stopped. At least so many. */
const leastWindows = 144;
/** How long it must have been silent. ms */
const silentMs = 4 * windowMs;
/** How long the colony must have been open, so that it is not its own silence that it hears. ms */
const openMs = silentMs + 2 * windowMs;
/** When silence has become normal. ms */
const normalAfterMs = 7 * dayMs;

const silencesSql = `
WITH recent AS (
  SELECT service_id, metric_name, max(timestamp) AS newest
  FROM all_metric_summaries
  WHERE interval = '5m' AND timestamp >= $1 AND timestamp < $2
  GROUP BY service_id, metric_name
)
SELECT b.service_id, b.metric_name, r.newest
FROM baselines b LEFT JOIN recent r USING (service_id, metric_name)
WHERE b.time_window = '1d' AND b.service_id <> '${ownService}'
  AND b.last_updated >= $1
  AND b.sample_count >= greatest(${leastWindows}, ${regularShare} * (
    SELECT max(sample_count) FROM baselines WHERE time_window = '1d' AND last_updated >= $1))
  AND (r.newest IS NULL OR r.newest < $3)`;

/**
 * Metrics that came every five minutes for a day and come no more, though the colony listened.
 *
 * @param open those that were silent before: they are as long as nothing comes
 */
export async function readSilences(
  store: Store,
  end: Date,
  openedAt: Date,
  open: readonly Member[],
  signal?: AbortSignal,
): Promise<Member[]> {
  const options = { timeoutMs: learnTimeoutMs, signal };
  const since = new Date(end.getTime() - silentMs);
  const stillSilent = await keepSilent(store, open, since, end, signal);
  if (end.getTime() - openedAt.getTime() < openMs) return stillSilent;
  const rows = await store
    .readers()
    .query(silencesSql, [new Date(end.getTime() - 6 * hourMs), end, since], options);
  const known = new Set(stillSilent.map(({ service, metric }) => `${service}\0${metric}`));
  const begun = rows
    .map((row): Member => {
      const newest = row['newest'] as Date | undefined;
      return {
        service: row['service_id'] as string,
        metric: row['metric_name'] as string,
        trouble: 'silent',
        sinceMs: newest ? newest.getTime() + windowMs : end.getTime() - 6 * hourMs,
        score: 20,
        bad: silentMs / windowMs,
      };
    })
    .filter(({ service, metric }) => !known.has(`${service}\0${metric}`));
  return [...stillSilent, ...begun];
}

async function keepSilent(
  store: Store,
  open: readonly Member[],
  since: Date,
  end: Date,
  signal: AbortSignal | undefined,
): Promise<Member[]> {
  const silent = open.filter(
    ({ trouble, sinceMs }) => trouble === 'silent' && end.getTime() - sinceMs < normalAfterMs,
  );
  if (silent.length === 0) return [];
  const rows = await store.readers().query(
    `SELECT DISTINCT service_id, metric_name FROM all_metric_summaries
     WHERE interval = '5m' AND timestamp >= ? AND timestamp < ?`,
    [since, end],
    { timeoutMs: learnTimeoutMs, signal },
  );
  const heard = new Set(
    rows.map((row) => `${String(row['service_id'])}\0${String(row['metric_name'])}`),
  );
  return silent.filter(({ service, metric }) => !heard.has(`${service}\0${metric}`));
}
