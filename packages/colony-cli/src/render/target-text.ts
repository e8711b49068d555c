import type { ColonyTarget } from '../colony/colony-status-message.js';
import { formatAge } from './units.js';

/** One line about a scrape target, for people: whether it is up, what it served, why it is down. */
export function targetText(target: ColonyTarget, nowMs: number): string {
  const { instance, state, samples, rejected, last_error: error } = target;
  if (state === 'waiting' || target.last_scrape_at === null) return `${instance} waits`;
  const ago = formatAge(new Date(target.last_scrape_at), nowMs);
  if (state === 'down') {
    const failures = target.failures_in_a_row;
    const times = failures === 1 ? '' : `, ${failures} scrapes in a row`;
    return `${instance} is down${times}: ${error?.message ?? 'unknown'} (${ago})`;
  }
  const refused = rejected === 0 ? '' : `, ${rejected} of them could not be stored`;
  // An older failure is over: the last scrape itself was stored.
  const failed = error?.at === target.last_scrape_at ? `; ${error.message}` : '';
  return `${instance} is up, ${samples} samples ${ago}${refused}${failed}`;
}
