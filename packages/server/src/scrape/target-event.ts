import type { Database } from '@coral/storage';
import type { ScrapeTarget } from './scrape-target.js';

/** Whether a target could be scraped. */
export type TargetHealth = 'up' | 'down';

/** The events that tell of it. */
export type TargetEventType = 'target_down' | 'target_up';

/** How many events are looked through for the last one of a target. */
const lookBack = 1_000;

/**
 * The event that a change makes: one when a target goes down and one when it comes back, however often
 * it is scraped in between. That it is up at first is no news.
 */
export function targetEventType(
  before: TargetHealth | undefined,
  now: TargetHealth,
): TargetEventType | undefined {
  if (now === 'down') return before === 'down' ? undefined : 'target_down';
  return before === 'down' ? 'target_up' : undefined;
}

/**
 * What the last event told of a target, so that a colony that starts again does not repeat it.
 *
 * @throws {StorageError} as `listEvents` does
 */
export async function lastTargetHealth(
  database: Pick<Database, 'listEvents'>,
  serviceId: string,
  { job, instance }: ScrapeTarget,
): Promise<TargetHealth | undefined> {
  const last = async (eventType: TargetEventType) => {
    const events = await database.listEvents({ serviceId, eventType, limit: lookBack });
    return events.find(({ details }) => {
      const told = details as { job?: unknown; instance?: unknown } | undefined;
      return told?.job === job && told.instance === instance;
    });
  };
  const [down, up] = await Promise.all([last('target_down'), last('target_up')]);
  if (down === undefined) return up === undefined ? undefined : 'up';
  return up === undefined || down.id > up.id ? 'down' : 'up';
}
