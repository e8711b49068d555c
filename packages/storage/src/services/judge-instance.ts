/** What is known of one process of a service. Times in µs; 0 means unknown. */
export interface InstanceState {
  readonly instance: string;
  /** '' when it says none. */
  readonly version: string;
  /** By its own clock. */
  readonly startedUs: number;
  /** Newest time of its telemetry, by its own clock. */
  readonly newestUs: number;
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
}

/** What a process says now. */
export interface InstanceSaid {
  readonly instance: string;
  readonly version: string;
  readonly startedUs: number;
  readonly newestUs: number;
  /** When it was heard of, by the colony's clock. µs */
  readonly atUs: number;
}

export interface InstanceVerdict {
  /** A version took over. */
  readonly deploy?: { readonly from: string; readonly to: string };
  /** The same process began anew. */
  readonly restart?: { readonly startedUs: number };
  /** It comes too late to say anything of the present. */
  readonly isStale: boolean;
}

/** Start times of one process differ by this much at most, as clocks are read twice. µs */
export const sameStartUs = 2_000_000;

/**
 * Decides what a sign of life of a process means, given all processes of its service.
 *
 * A version is deployed when a process brings it that is new, was restarted or changed its version,
 * and no other process that is alive runs it. Two versions side by side, as in a canary, are therefore
 * one deploy however long they take turns; so is a version that many replicas take up one by one.
 *
 * A process was restarted when it started later than it had before.
 *
 * @param known the service's processes; empty when the service is new
 * @param current the version that was deployed last; '' when none is known
 * @param aliveUs how long a process that says nothing counts as alive
 */
export function judgeInstance(
  known: readonly InstanceState[],
  said: InstanceSaid,
  current: string,
  aliveUs: number,
): InstanceVerdict {
  const mine = known.find(({ instance }) => instance === said.instance);
  const isOlderStart =
    mine !== undefined &&
    said.startedUs > 0 &&
    mine.startedUs > 0 &&
    said.startedUs < mine.startedUs - sameStartUs &&
    // What is new and names an earlier start knows better.
    !(said.newestUs > mine.newestUs);
  const isOlderTime = mine !== undefined && said.newestUs > 0 && said.newestUs < mine.newestUs;
  const isRestarted =
    mine !== undefined && mine.startedUs > 0 && said.startedUs > mine.startedUs + sameStartUs;
  const isStale = isOlderStart || (isOlderTime && !isRestarted);
  if (isStale || known.length === 0) return { isStale };

  const hasChanged =
    mine !== undefined &&
    said.version !== '' &&
    mine.version !== '' &&
    said.version !== mine.version;
  const others = known.filter(
    ({ instance, lastSeenUs }) => instance !== said.instance && said.atUs - lastSeenUs <= aliveUs,
  );
  if ((mine === undefined || isRestarted || hasChanged) && said.version !== '') {
    const running = new Set(others.map(({ version }) => version));
    const from = fromVersion(others, running, current, mine);
    if (from !== '' && from !== said.version && !running.has(said.version)) {
      return { deploy: { from, to: said.version }, isStale };
    }
  }
  return isRestarted ? { restart: { startedUs: said.startedUs }, isStale } : { isStale };
}

/** What was deployed before: the last deploy, unless nobody runs that any more and others run. */
function fromVersion(
  others: readonly InstanceState[],
  running: ReadonlySet<string>,
  current: string,
  mine: InstanceState | undefined,
): string {
  if (current !== '' && (running.has(current) || others.length === 0)) return current;
  const latest = [...others, ...(mine === undefined ? [] : [mine])]
    .filter(({ version }) => version !== '')
    .sort((a, b) => b.firstSeenUs - a.firstSeenUs)[0];
  return latest?.version ?? current;
}
