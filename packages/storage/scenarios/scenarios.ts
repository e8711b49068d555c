import type { SeededRandom } from '@coral/testkit';
import { dayMs, hourMs, officeHours, windowMs, type Effect, type SeriesModel } from './series.js';

/** Something that happens, and that an insight must tell of, once. */
export interface Incident {
  /** Where it comes from. */
  readonly root: string;
  readonly services: readonly string[];
  /** ms since the start. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** An application of a few services, and what happens to it in the days that are watched. */
export interface Scenario {
  readonly name: string;
  readonly series: readonly SeriesModel[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** By `service metric`. */
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
  readonly deploys: readonly { readonly service: string; readonly atMs: number }[];
  readonly incidents: readonly Incident[];
}

/** The days that are watched. ms since the start */
export interface Watched {
  readonly fromMs: number;
  readonly toMs: number;
}

type Make = (name: string, watched: Watched, random: SeededRandom) => Scenario;

/** All of them, by name. */
export const makers: Readonly<Record<string, Make>> = {
  steady,
  seasonal,
  'deploy regression': deployRegression,
  'slow leak': slowLeak,
  outage,
  flapping,
  sparse,
  gaps,
  young,
};

interface Draft extends Scenario {
  readonly effects: Map<string, Effect[]>;
  readonly deploys: { service: string; atMs: number }[];
  readonly incidents: Incident[];
}

const metrics = ['latency', 'requests', 'errors', 'memory'] as const;

/** web calls api, api calls db; each with latency, requests, errors and memory. */
function application(
  name: string,
  random: SeededRandom,
  rhythm?: (ms: number) => number,
  isThere?: SeriesModel['isThere'],
): Draft {
  const services = ['web', 'api', 'db'].map((one) => `${name}/${one}`);
  const base = { latency: 80, requests: 400, errors: 0.6, memory: 3e8 };
  const noise = { latency: 0.08, requests: 0.06, errors: 0.35, memory: 0.015 };
  const series = services.flatMap((service) =>
    metrics.map((metric): SeriesModel => ({
      service,
      metric,
      base: base[metric] * (0.5 + random.next()),
      noise: noise[metric] * (0.6 + 0.8 * random.next()),
      ...(rhythm === undefined
        ? {}
        : {
            // Latency and memory follow the traffic, by far less.
            rhythm: (ms: number) =>
              rhythm(ms) ** { latency: 0.25, requests: 1, errors: 0.8, memory: 0.1 }[metric],
          }),
      ...(isThere ? { isThere } : {}),
    })),
  );
  const [web, api, db] = services as [string, string, string];
  return {
    name,
    series,
    edges: [
      [web, api],
      [api, db],
    ],
    effects: new Map(),
    deploys: [],
    incidents: [],
  };
}

function affect(draft: Draft, service: string, metric: string, effect: Effect): void {
  const key = `${draft.name}/${service} ${metric}`;
  draft.effects.set(key, [...(draft.effects.get(key) ?? []), effect]);
}

const during =
  (fromMs: number, toMs: number, factor: number | undefined): Effect =>
  (ms) =>
    ms >= fromMs && ms < toMs ? factor : 1;

/** A time of the watched days, so that what begins then ends before they do; on a window's start. */
function pickTime(
  watched: Watched,
  random: SeededRandom,
  lengthMs: number,
  part = 0,
  parts = 1,
): number {
  const slice = (watched.toMs - watched.fromMs) / parts;
  const from = watched.fromMs + part * slice + hourMs;
  const to = watched.fromMs + (part + 1) * slice - lengthMs - 3 * hourMs;
  return Math.floor((from + random.next() * Math.max(0, to - from)) / windowMs) * windowMs;
}

function incident(draft: Draft, root: string, fromMs: number, toMs: number): void {
  const services = ['web', 'api', 'db'].map((one) => `${draft.name}/${one}`);
  draft.incidents.push({ root: `${draft.name}/${root}`, services, fromMs, toMs });
}

/** Nothing happens but noise, and a spike of one or two windows each day. */
function steady(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random);
  for (let part = 0; part < 7; part += 1) {
    const at = pickTime(watched, random, windowMs, part, 7);
    const length = random.integer(1, 2) * windowMs;
    affect(draft, random.pick(['web', 'api', 'db']), 'latency', during(at, at + length, 6));
  }
  return draft;
}

/** Office hours, weekends, and a job every night that makes everything slow for half an hour. */
function seasonal(name: string, _watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random, officeHours(2.5 + random.next() * 3));
  const at = random.integer(0, 40) * windowMs;
  const factor = 3 + random.next() * 3;
  for (const service of ['api', 'db']) {
    affect(draft, service, 'latency', (ms) =>
      ms % dayMs >= at && ms % dayMs < at + 6 * windowMs ? factor : 1,
    );
  }
  return draft;
}

/** Twice a deploy makes api slow, and web with it, until it is rolled back. */
function deployRegression(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random, officeHours(1.5 + random.next() * 2));
  for (const part of [0, 1]) {
    const length = random.integer(3 * 12, 9 * 12) * windowMs;
    const at = pickTime(watched, random, length, part, 2);
    const factor = 1.7 + random.next() * 2;
    affect(draft, 'api', 'latency', during(at, at + length, factor));
    affect(draft, 'web', 'latency', during(at + windowMs, at + length, 1 + (factor - 1) * 0.7));
    if (random.boolean()) affect(draft, 'api', 'errors', during(at, at + length, 6));
    draft.deploys.push({ service: `${name}/api`, atMs: at - random.integer(1, 15) * 60_000 });
    incident(draft, 'api', at, at + length);
  }
  return draft;
}

/** A leak of a few percent an hour, ended by a restart; and in db one of a few percent a day. */
function slowLeak(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random);
  const length = random.integer(24, 36) * hourMs;
  const at = pickTime(watched, random, length);
  const perHour = 0.015 + random.next() * 0.02;
  affect(draft, 'api', 'memory', (ms) =>
    ms >= at && ms < at + length ? 1 + perHour * ((ms - at) / hourMs) : 1,
  );
  incident(draft, 'api', at, at + length);
  const from = watched.fromMs + random.integer(0, 18) * hourMs;
  const perDay = 0.035 + random.next() * 0.04;
  affect(draft, 'db', 'memory', (ms) => 1 + perDay * (Math.max(0, ms - from) / dayMs));
  draft.incidents.push({
    root: `${name}/db`,
    services: [`${name}/db`],
    fromMs: from,
    toMs: watched.toMs + dayMs,
  });
  return draft;
}

/** Twice db sends nothing, while api and web fail. */
function outage(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random, officeHours(1.5 + random.next() * 2));
  for (const part of [0, 1]) {
    const length = random.integer(12, 36) * windowMs;
    const at = pickTime(watched, random, length, part, 2);
    for (const metric of metrics) affect(draft, 'db', metric, during(at, at + length, undefined));
    affect(draft, 'api', 'errors', during(at, at + length, 40));
    affect(draft, 'api', 'latency', during(at, at + length, 5));
    affect(draft, 'web', 'errors', during(at, at + length, 40));
    affect(draft, 'web', 'requests', during(at + windowMs, at + length, 0.3));
    incident(draft, 'db', at, at + length);
  }
  return draft;
}

/** For hours api is slow every other ten minutes; and for a day one window in ten is, which is no news. */
function flapping(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(name, random);
  const length = random.integer(3, 6) * hourMs;
  const at = pickTime(watched, random, length, 0, 2);
  affect(draft, 'api', 'latency', (ms) =>
    ms >= at && ms < at + length && Math.floor((ms - at) / (2 * windowMs)) % 2 === 0 ? 4 : 1,
  );
  incident(draft, 'api', at, at + length);
  const calm = pickTime(watched, random, dayMs, 1, 2);
  affect(draft, 'web', 'latency', (ms) =>
    ms >= calm && ms < calm + dayMs && ((ms - calm) / windowMs) % 10 === 0 ? 5 : 1,
  );
  return draft;
}

/** A value every half hour or so, at random. */
function sparse(name: string, _watched: Watched, random: SeededRandom): Scenario {
  return application(name, random, undefined, (_ms, own) => own.next() < 1 / 6);
}

/** A third of the windows is missing, at random and in stretches. */
function gaps(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(
    name,
    random,
    officeHours(2 + random.next()),
    (ms, own) => Math.floor(ms / (15 * 60_000)) % 11 !== 3 && own.next() < 0.75,
  );
  const length = random.integer(3 * 12, 8 * 12) * windowMs;
  const at = pickTime(watched, random, length);
  affect(draft, 'db', 'latency', during(at, at + length, 2.5 + random.next()));
  incident(draft, 'db', at, at + length);
  return draft;
}

/** There is no past: it begins with the watched days, and late in them something breaks. */
function young(name: string, watched: Watched, random: SeededRandom): Scenario {
  const draft = application(
    name,
    random,
    officeHours(2 + random.next() * 2),
    (ms) => ms >= watched.fromMs,
  );
  const length = random.integer(3 * 12, 8 * 12) * windowMs;
  const at = pickTime(watched, random, length, 2, 3);
  affect(draft, 'api', 'latency', during(at, at + length, 4 + random.next() * 2));
  incident(draft, 'api', at, at + length);
  return draft;
}
