import type { Database } from '@coral/storage';
import { ExpositionTarget, parseExposition, PointColumnsBuilder } from '@coral/telemetry';
import type { LabelMapping, ParsedExposition, PointColumns } from '@coral/telemetry';
import { Turnstile } from '../http/turnstile.js';
import type { RunningJob } from '../jobs/periodic-job.js';
import type { Logger } from '../logger.js';
import { servicesOfResources } from '../otlp/services-of-resources.js';
import { fetchExposition, openTargetConnections } from './fetch-exposition.js';
import type { TargetConnections } from './fetch-exposition.js';
import type { ScrapeTarget } from './scrape-target.js';
import { firstScrapeAfterMs, nextScrapeAt } from './scrape-times.js';
import { targetAuthorization } from './target-authorization.js';
import { lastTargetHealth, targetEventType } from './target-event.js';
import type { TargetHealth } from './target-event.js';
import type { TargetRegistry } from './target-registry.js';

/** Scrapes at once; each may hold a whole answer in memory. */
const maxAtOnce = 4;
/** Largest answer of a target, bytes: some 100,000 samples. */
const defaultMaxBytes = 16 * 1024 * 1024;
/** Samples of one answer that are kept. */
const maxSeries = 100_000;

/** What {@link startScraper} needs. */
export interface ScraperOptions {
  readonly database: Pick<Database, 'appendPoints' | 'recordEvent' | 'listEvents'>;
  readonly logger: Logger;
  /** The targets, and where it is told how they are. */
  readonly targets: TargetRegistry;
  /** The colony's version, which targets are told. */
  readonly version: string;
  /** The time, ms since the epoch. Default the system's clock. */
  readonly now?: () => number;
  /** Largest answer of a target, as sent and decompressed, bytes. Default 16 MiB. */
  readonly maxBytes?: number;
  /** How labels name a service. Default `defaultLabelMapping` of @coral/telemetry. */
  readonly labelMapping?: LabelMapping;
}

/**
 * Fetches the metrics of every target again and again, and stores them like everybody's telemetry;
 * with them `up`, `scrape_duration_seconds` and `scrape_samples_scraped`, as Prometheus does. A target
 * that goes down or comes back is one event each, and a line in the log.
 *
 * Nothing that a target does or that the store refuses ends the scraping. It does not keep the process
 * alive.
 *
 * @example
 * const targets = new TargetRegistry([{
 *   job: 'node', instance: '127.0.0.1:9100', url: 'http://127.0.0.1:9100/metrics',
 *   intervalMs: 15_000, timeoutMs: 10_000, labels: {},
 * }]);
 * const scraper = startScraper({ database, logger, targets, version: '0.1.0' });
 * // …
 * await scraper.stop();
 */
export function startScraper(options: ScraperOptions): RunningJob {
  const connections = openTargetConnections();
  const gate = new Turnstile(maxAtOnce, Infinity);
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = options.targets.targets.map((target) => {
    const scrape = new TargetScrape(target, { ...options, connections, signal });
    return repeat(target, signal, () => gate.pass(signal, () => scrape.once()));
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
      connections.close();
    },
  };
}

/** Scrapes at the target's times until it is stopped. Never rejects. */
async function repeat(
  target: ScrapeTarget,
  signal: AbortSignal,
  scrape: () => Promise<void>,
): Promise<void> {
  const first = performance.now() + firstScrapeAfterMs(target);
  for (let next = first; !signal.aborted;) {
    await pause(next - performance.now(), signal);
    if (signal.aborted) return;
    // What can fail is told by the scrape itself; stopping is all that is left.
    await scrape().catch(() => undefined);
    next = nextScrapeAt(first, target.intervalMs, performance.now());
  }
}

function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, pauseMs)).unref();
    signal.addEventListener('abort', done, { once: true });
  });
}

interface TargetScrapeOptions extends ScraperOptions {
  readonly connections: TargetConnections;
  readonly signal: AbortSignal;
}

/** Scrapes one target. */
class TargetScrape {
  readonly #target: ScrapeTarget;
  readonly #options: TargetScrapeOptions;
  readonly #exposition: ExpositionTarget;
  /** What the last event told; unknown until the store was asked. */
  #told: { readonly health: TargetHealth | undefined } | undefined;
  #isStoring = true;

  constructor(target: ScrapeTarget, options: TargetScrapeOptions) {
    const { job, instance, labels } = target;
    this.#target = target;
    this.#options = options;
    const { labelMapping: mapping, maxBytes = defaultMaxBytes } = options;
    this.#exposition = new ExpositionTarget({
      labels: { ...labels, job, instance },
      maxBytes,
      maxSeries,
      ...(mapping === undefined ? {} : { mapping }),
    });
  }

  async once(): Promise<void> {
    const { signal, targets, now = Date.now } = this.#options;
    const at = new Date(now());
    const startedAt = performance.now();
    let parsed: ParsedExposition | undefined;
    let failure: string | undefined;
    try {
      parsed = await this.#fetch(at.getTime() * 1_000);
    } catch (reason) {
      failure = (reason as Error).message;
    }
    // A scrape that was cut off by stopping says nothing about its target.
    if (signal.aborted) return;
    const durationMs = performance.now() - startedAt;
    const { rejected, storeFailure } = await this.#store(at, durationMs, parsed);
    targets.note(this.#target, {
      at,
      durationMs,
      failure,
      storeFailure,
      samples: parsed?.samples ?? 0,
      rejected,
    });
    await this.#tell(at, failure);
  }

  async #fetch(timeUs: number): Promise<ParsedExposition> {
    const { connections, signal, version, maxBytes = defaultMaxBytes } = this.#options;
    const { url, timeoutMs } = this.#target;
    const authorization = await targetAuthorization(this.#target);
    const { body, format } = await fetchExposition({
      url,
      connections,
      signal,
      timeoutMs,
      maxBytes,
      userAgent: `Coral/${version}`,
      authorization,
    });
    return parseExposition(body, {
      target: this.#exposition,
      format,
      timeUs,
    });
  }

  /** Stores what was scraped and how it went; both in one commit, as they wait together. */
  async #store(
    at: Date,
    durationMs: number,
    parsed: ParsedExposition | undefined,
  ): Promise<{ rejected: number; storeFailure?: string }> {
    const { database, logger } = this.#options;
    const { job, instance } = this.#target;
    const report = this.#report(at, durationMs, parsed);
    const services = servicesOfResources(parsed?.resources ?? []);
    try {
      const [stored] = await Promise.all([
        parsed === undefined ? undefined : database.appendPoints(parsed.points, services),
        database.appendPoints(report),
      ]);
      if (!this.#isStoring) logger.info({ job, instance }, 'what is scraped is stored again');
      this.#isStoring = true;
      const refused = [...(parsed?.rejected ?? []), ...(stored?.rejected ?? [])];
      return { rejected: refused.reduce((sum, { count }) => sum + count, 0) };
    } catch (reason) {
      if (this.#isStoring) logger.warn({ err: reason, job, instance }, 'a scrape was not stored');
      this.#isStoring = false;
      return { rejected: 0, storeFailure: `not stored: ${(reason as Error).message}` };
    }
  }

  #report(at: Date, durationMs: number, parsed: ParsedExposition | undefined): PointColumns {
    const builder = new PointColumnsBuilder();
    const add = (name: string, unit: string, value: number): void => {
      const series = builder.addSeries(this.#exposition.describeGauge(name, unit));
      builder.addNumber(series, at.getTime() * 1_000, 0, value);
    };
    add('up', '', parsed === undefined ? 0 : 1);
    add('scrape_duration_seconds', 's', durationMs / 1_000);
    add('scrape_samples_scraped', '', parsed?.samples ?? 0);
    return builder.build();
  }

  /** Says once that a target went down or came back; when it cannot be said, at the next scrape. */
  async #tell(at: Date, failure: string | undefined): Promise<void> {
    const { database, logger } = this.#options;
    const { job, instance, url } = this.#target;
    const { serviceId } = this.#exposition.resource;
    const health = failure === undefined ? 'up' : 'down';
    if (this.#told?.health === health) return;
    try {
      this.#told ??= { health: await lastTargetHealth(database, serviceId, this.#target) };
      const eventType = targetEventType(this.#told.health, health);
      if (eventType !== undefined) {
        const error = failure === undefined ? {} : { error: failure };
        const details = { job, instance, url, ...error };
        await database.recordEvent({ serviceId, eventType, timestamp: at, details });
        if (health === 'up') logger.info(details, 'a scrape target is back');
        else logger.warn(details, 'a scrape target is down');
      }
      this.#told = { health };
    } catch (reason) {
      logger.debug({ err: reason, job, instance }, 'the state of a scrape target was not told');
    }
  }
}
