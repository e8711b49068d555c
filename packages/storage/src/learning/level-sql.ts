/**
 * The level of a metric in one 5-minute window, as SQL: the one number that is learned and watched.
 * Its mean; where a histogram carries no sum, its median.
 */
export const levelSql = 'coalesce(mean, p50)';

/** Rows of `all_metric_summaries` that have a level, as a condition. */
export const hasLevelSql = `interval = '5m' AND isfinite(${levelSql})`;
