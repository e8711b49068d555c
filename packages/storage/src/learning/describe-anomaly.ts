import type { InsightPriority } from '../schema/tables/insights.js';
import { anomalyEvidence } from './evidence.js';
import type { Finding, Member } from './finding.js';
import { dayMs } from './whole-windows.js';

/** A deploy that came shortly before. */
export interface Deploy {
  readonly id: number;
  readonly at: Date;
  readonly service: string;
  /** JSON, as the event has it. */
  readonly details?: string | undefined;
}

/** What {@link describeAnomaly} puts into words. */
export interface Anomaly {
  readonly cause: string;
  readonly since: Date;
  /** From the root on; not empty. */
  readonly services: readonly string[];
  readonly members: readonly Member[];
  readonly deploy?: Deploy | undefined;
}

/** Metrics that an insight names one by one. */
const named = 20;
const highScore = 12;
const mediumScore = 6;
const highServices = 3;

/** Puts an anomaly into words, the worst metric of the root first. Pure. */
export function describeAnomaly({ cause, since, services, members, deploy }: Anomaly): Finding {
  const sorted = [...members].sort(
    (a, b) =>
      services.indexOf(a.service) - services.indexOf(b.service) ||
      b.score - a.score ||
      (a.metric < b.metric ? -1 : 1),
  );
  const worst = Math.max(...members.map(({ score }) => score));
  return {
    cause,
    since,
    insightType: 'anomaly',
    priority: priorityOf(worst, services.length),
    title: titleOf(sorted),
    summary: summaryOf(sorted, services, since, deploy),
    affectedServices: services,
    confidence: confidenceOf(sorted),
    lastsMs: dayMs,
    facts: {
      since: since.toISOString(),
      metrics: members.length,
      members: sorted.slice(0, named).map(({ sinceMs, ...member }) => ({
        ...member,
        since: new Date(sinceMs).toISOString(),
      })),
      ...(deploy
        ? { deploy: { event_id: deploy.id, service: deploy.service, at: deploy.at } }
        : {}),
    },
    members: sorted,
    evidence: anomalyEvidence(sorted),
  };
}

function priorityOf(score: number, services: number): InsightPriority {
  if (score >= highScore || services >= highServices) return 'high';
  return score >= mediumScore || services > 1 ? 'medium' : 'low';
}

/** How surely it is no chance: how many windows say so, and how bad they are; between 0 and 1. */
function confidenceOf(members: readonly Member[]): number {
  const each = members.map(({ score, bad }) => (1 - 2 ** -bad) * (score / (score + 2)));
  // What is seen in several metrics at once is hardly chance.
  const doubt = each.slice(0, 3).reduce((rest, one) => rest * (1 - one), 1);
  return Math.round((1 - doubt) * 100) / 100;
}

function titleOf([first, ...others]: readonly Member[]): string {
  const { service, metric, trouble } = first!;
  const isWhole = trouble === 'silent' && others.some((one) => one.service === service);
  const what = isWhole ? service : `${metric} of ${service}`;
  return `${what} ${verbOf(first!)}`.slice(0, 500);
}

function verbOf({ trouble, level, normal }: Member): string {
  if (trouble === 'silent') return 'has fallen silent';
  const from = normal ?? 0;
  const to = level ?? 0;
  if (trouble === 'rising' || trouble === 'falling') {
    const perDay = (100 * (to - from)) / Math.abs(from) / 3;
    return `${trouble === 'rising' ? 'rises' : 'falls'} steadily, by ${formatValue(Math.abs(perDay))} % a day`;
  }
  const verb = trouble === 'up' ? 'rose' : 'fell';
  if (from > 0 && to > 0 && to / from < 1e4)
    return `${verb} to ${formatValue(to / from)} times its normal level`;
  return `${verb} from ${formatValue(from)} to ${formatValue(to)}`;
}

function summaryOf(
  [first, ...others]: readonly Member[],
  services: readonly string[],
  since: Date,
  deploy: Deploy | undefined,
): string {
  const { service, metric, level, normal, spread } = first!;
  const usual = spread === undefined ? '' : `, give or take ${formatValue(spread)}`;
  const sentences = [`${metric} of ${service} ${verbOf(first!)}, since ${formatTime(since)}.`];
  if (level !== undefined && normal !== undefined)
    sentences.push(`Its level is ${formatValue(level)}; normal is ${formatValue(normal)}${usual}.`);
  if (others.length > 0) {
    const more = others.slice(0, 3).map((one) => `${one.metric} of ${one.service} ${verbOf(one)}`);
    const rest = others.length - more.length;
    sentences.push(`Also: ${more.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`);
  }
  if (services.length > 1) {
    sentences.push(`Affected, from the likely root on: ${services.slice(0, 10).join(', ')}.`);
  }
  if (deploy) sentences.push(deploySentence(deploy, since));
  return sentences.join(' ');
}

function deploySentence({ service, at, details }: Deploy, since: Date): string {
  const minutes = Math.round((since.getTime() - at.getTime()) / 60_000);
  const version = versionIn(details);
  const which = version === undefined ? '' : ` (version ${version})`;
  const when = minutes > 0 ? `${minutes} minutes before` : 'at that time';
  return `${service} was deployed${which} ${when}.`;
}

function versionIn(details: string | undefined): string | undefined {
  try {
    const { version } = JSON.parse(details ?? '{}') as { version?: unknown };
    return version === undefined ? undefined : String(version).slice(0, 100);
  } catch {
    return undefined;
  }
}

export function formatValue(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export function formatTime(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
