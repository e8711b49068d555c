import type { ScenarioRun } from './run-scenarios.js';
import { hourMs } from './series.js';

/** How insights compare with what happened. */
export interface Score {
  readonly name: string;
  readonly incidents: number;
  readonly insights: number;
  /** Incidents that an insight tells of. */
  readonly told: number;
  /** Insights that tell of nothing, or of what another one tells already. */
  readonly wrong: number;
  /** Of the told ones: how many name the root first. */
  readonly rooted: number;
  /** Told ones that ended while it was watched, and how many of their insights were resolved in time. */
  readonly ended: number;
  readonly resolved: number;
  /** From the beginning to the insight, of each told one. ms */
  readonly delaysMs: readonly number[];
  /** What was missed or wrong, in words. */
  readonly remarks: readonly string[];
}

/** An insight may come so long after the end of what it tells of. ms */
const graceMs = hourMs / 2;
/** … and must be resolved so long after it. ms */
const resolveMs = 2 * hourMs;

/**
 * An insight tells of an incident when it was made while that lasted, and affects one of its services.
 * The second one for an incident is wrong, and so is any that tells of none.
 */
export function scoreRun(run: ScenarioRun): Score {
  const { scenario, insights, endedAt, startMs, watchedToMs } = run;
  const remarks: string[] = [];
  const left = new Set(insights);
  const delaysMs: number[] = [];
  let told = 0;
  let rooted = 0;
  let ended = 0;
  let resolved = 0;
  const at = (ms: number) => new Date(startMs + ms).toISOString().slice(0, 16);
  for (const { root, services, fromMs, toMs } of scenario.incidents) {
    const fitting = [...left].filter(
      ({ createdAt, affectedServices }) =>
        createdAt.getTime() >= startMs + fromMs &&
        createdAt.getTime() <= startMs + toMs + graceMs &&
        affectedServices.some((service) => services.includes(service)),
    );
    const first =
      fitting.find(({ affectedServices }) => affectedServices[0] === root) ?? fitting[0];
    if (!first) {
      remarks.push(`missed: ${root} ${at(fromMs)} to ${at(toMs)}`);
      continue;
    }
    left.delete(first);
    told += 1;
    delaysMs.push(first.createdAt.getTime() - startMs - fromMs);
    if (first.affectedServices[0] === root) rooted += 1;
    else remarks.push(`root ${first.affectedServices[0]} instead of ${root}: ${first.title}`);
    if (toMs + resolveMs > watchedToMs) continue;
    ended += 1;
    const over = endedAt.get(first.id)?.getTime() ?? Infinity;
    if (over <= startMs + toMs + resolveMs) resolved += 1;
    else remarks.push(`not resolved in time: ${first.title}`);
  }
  for (const { createdAt, title, affectedServices } of left) {
    remarks.push(
      `wrong: ${createdAt.toISOString().slice(0, 16)} ${title} [${affectedServices.join(', ')}]`,
    );
  }
  return {
    name: scenario.name,
    incidents: scenario.incidents.length,
    insights: insights.length,
    told,
    wrong: left.size,
    rooted,
    ended,
    resolved,
    delaysMs,
    remarks,
  };
}

type Counted = 'incidents' | 'insights' | 'told' | 'wrong' | 'rooted' | 'ended' | 'resolved';

/** Adds up scores of the same scenario over several seeds, or of all. */
export function addScores(name: string, scores: readonly Score[]): Score {
  const sum = (field: Counted) => scores.reduce((total, score) => total + score[field], 0);
  return {
    name,
    incidents: sum('incidents'),
    insights: sum('insights'),
    told: sum('told'),
    wrong: sum('wrong'),
    rooted: sum('rooted'),
    ended: sum('ended'),
    resolved: sum('resolved'),
    delaysMs: scores.flatMap(({ delaysMs }) => delaysMs),
    remarks: scores.flatMap(({ remarks }) => remarks),
  };
}

/** Of the insights, those that are right; undefined when there are none. */
export function precision({ told, wrong }: Score): number | undefined {
  return told + wrong === 0 ? undefined : told / (told + wrong);
}

/** Of the incidents, those that were told; undefined when there are none. */
export function recall({ told, incidents }: Score): number | undefined {
  return incidents === 0 ? undefined : told / incidents;
}
