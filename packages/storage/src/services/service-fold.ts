import type { ServiceRow } from '../writes/services.js';
import type { ProcessStart } from './process-starts.js';

/** A sender, checked: the service's row, and what its process says. Times in µs; 0: unknown. */
export interface CheckedSender {
  /** As of some sighting; when it was seen, each sighting says. */
  readonly row: ServiceRow;
  readonly instance: string;
  /** Names the instance: {@link instanceKey}. */
  readonly key: string;
  readonly startedUs: number;
}

export interface CheckedSighting {
  readonly sender: CheckedSender;
  readonly lastSeen: Date;
  /** What its points say; absent when it sent none. */
  readonly start: ProcessStart | undefined;
}

interface FoldedService {
  row: ServiceRow;
  lastSeen: Date;
  isDirty: boolean;
}

/** A sign of life that may mean something: it has to be judged against the file. */
export interface NoteworthySighting {
  readonly row: ServiceRow;
  readonly instance: string;
  readonly startedUs: number;
  readonly newestUs: number;
}

interface FoldedInstance {
  version: string;
  startedUs: number;
  newestUs: number;
  lastSeenUs: number;
  isDirty: boolean;
}

/** What has been seen since it was written last. */
export interface FoldedSightings {
  readonly services: readonly ServiceRow[];
  readonly instances: readonly {
    readonly serviceId: string;
    readonly instance: string;
    readonly newestUs: number;
    readonly lastSeenUs: number;
  }[];
}

/** How often what was folded is written. ms */
export const writeEveryMs = 15_000;
/** Processes remembered; beyond it all are forgotten, and judged against the file once more. */
const mostInstances = 50_000;
/** Counters that start this much later than their process are those of another process. µs */
const otherStartUs = 10_000_000;

/**
 * Signs of life, folded in memory: telemetry names its sender with every request, but a row per
 * request would cost more than the points do. Only what may mean something is passed on at once.
 *
 * It is a cache of the file: to forget it costs a few reads, and what was not written when a process
 * dies are some seconds of `last_seen`.
 */
export class ServiceFold {
  readonly #services = new Map<string, FoldedService>();
  readonly #instances = new Map<string, FoldedInstance>();
  #writtenAtMs = -Infinity;

  /**
   * Takes sightings in; returns those that are to be judged: of a service or a process that is not
   * known, of a version or a start that is another one.
   */
  note(
    sightings: readonly CheckedSighting[],
    isKnownSeries: (key: string) => boolean,
  ): NoteworthySighting[] {
    const noteworthy: NoteworthySighting[] = [];
    for (const { sender, lastSeen, start } of sightings) {
      const { row, instance, key, startedUs } = sender;
      const service = this.#services.get(row.id);
      const folded = this.#instances.get(key);
      const newestUs = start?.newestUs ?? 0;
      const said =
        Math.max(startedUs, start?.saidUs ?? 0) || startByCounters(start, folded, isKnownSeries);
      const isNews =
        folded === undefined ||
        service === undefined ||
        (row.version !== undefined && row.version !== folded.version) ||
        said > folded.startedUs;
      if (isNews) {
        noteworthy.push({ row: { ...row, lastSeen }, instance, startedUs: said, newestUs });
        continue;
      }
      service.row = row;
      service.lastSeen = lastSeen;
      service.isDirty = true;
      folded.newestUs = Math.max(folded.newestUs, newestUs);
      folded.lastSeenUs = Math.max(folded.lastSeenUs, lastSeen.getTime() * 1000);
      folded.isDirty = true;
    }
    return noteworthy;
  }

  /** When a process was heard of last, if that is not in the file yet. µs */
  lastSeenUs(serviceId: string, instance: string): number {
    return this.#instances.get(instanceKey(serviceId, instance))?.lastSeenUs ?? 0;
  }

  newestUs(serviceId: string, instance: string): number {
    return this.#instances.get(instanceKey(serviceId, instance))?.newestUs ?? 0;
  }

  /** Remembers sightings that were judged and written. */
  judged(sightings: readonly NoteworthySighting[]): void {
    if (this.#instances.size > mostInstances) this.forget();
    for (const { row, instance, startedUs, newestUs } of sightings) {
      const key = instanceKey(row.id, instance);
      const known = this.#instances.get(key);
      this.#services.set(row.id, { row, lastSeen: row.lastSeen, isDirty: false });
      this.#instances.set(key, {
        version: row.version ?? '',
        startedUs: Math.max(startedUs, known?.startedUs ?? 0),
        newestUs: Math.max(newestUs, known?.newestUs ?? 0),
        lastSeenUs: row.lastSeen.getTime() * 1000,
        isDirty: false,
      });
    }
  }

  /** Whether it is time to write what was folded. */
  isDue(nowMs: number): boolean {
    return nowMs - this.#writtenAtMs >= writeEveryMs;
  }

  /** What was folded since the last write; call {@link written} once it is durable. */
  take(nowMs: number): FoldedSightings {
    this.#writtenAtMs = nowMs;
    const instances: FoldedSightings['instances'][number][] = [];
    for (const [key, { newestUs, lastSeenUs, isDirty }] of this.#instances) {
      const [serviceId, instance] = key.split('\n') as [string, string];
      if (isDirty) instances.push({ serviceId, instance, newestUs, lastSeenUs });
    }
    const services = [...this.#services.values()].flatMap(({ row, lastSeen, isDirty }) =>
      isDirty ? [{ ...row, lastSeen }] : [],
    );
    return { services, instances };
  }

  written({ services, instances }: FoldedSightings): void {
    for (const row of services) {
      const known = this.#services.get(row.id);
      // What came meanwhile is still to be written.
      if (known?.lastSeen === row.lastSeen) known.isDirty = false;
    }
    for (const { serviceId, instance, lastSeenUs } of instances) {
      const known = this.#instances.get(instanceKey(serviceId, instance));
      if (known?.lastSeenUs === lastSeenUs) known.isDirty = false;
    }
  }

  forget(): void {
    this.#services.clear();
    this.#instances.clear();
  }
}

/**
 * The start that counters tell: of a process that is not known, the earliest of them; of one that is,
 * only if all of them began after its newest telemetry, and one is known from before. A counter that a
 * living process has just made says nothing.
 */
function startByCounters(
  start: ProcessStart | undefined,
  folded: FoldedInstance | undefined,
  isKnownSeries: (key: string) => boolean,
): number {
  if (start === undefined || start.countersUs === 0) return 0;
  if (folded === undefined) return start.countersUs;
  const isLater =
    folded.newestUs > 0 &&
    start.countersUs > folded.newestUs &&
    start.countersUs > folded.startedUs + otherStartUs;
  return isLater && start.counters.some(isKnownSeries) ? start.countersUs : 0;
}

/** One text for an instance of a service. */
export function instanceKey(serviceId: string, instance: string): string {
  return `${serviceId}\n${instance}`;
}
