import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { Store } from '../store.js';
import type { AutomaticEvent } from './automatic-events.js';
import { judgeBurst, measureBurst, minuteUs, quietMinutes } from './judge-burst.js';
import type { LoggedErrors } from './logged-errors.js';
import { readOpenEvents, writeOpenEvents, type OpenEvent } from './open-events.js';

/** Errors of one request, and what tells the request from others. */
export interface CountedRequest {
  /** Equal for a request that is sent again. */
  readonly digest: string;
  readonly errors: readonly LoggedErrors[];
}

/** New errors of a service that get an event of their own, in each ten minutes. */
const mostNewErrors = 10;
const newErrorsWindowUs = 10 * minuteUs;
/** Fatal errors of one instance this close to each other are one crash. µs */
const sameCrashUs = 5 * minuteUs;
/** How far back minutes matter: what was usual before a burst, and how late errors may come. µs */
const minutesReachUs = 60 * minuteUs;

const errorColumns = {
  service_id: 'VARCHAR',
  fingerprint: 'VARCHAR',
  severity: 'VARCHAR',
  template: 'VARCHAR',
  exception_type: 'VARCHAR',
  message: 'VARCHAR',
  first_us: 'BIGINT',
  last_us: 'BIGINT',
  count: 'BIGINT',
};

const upsertErrorsSql = `
INSERT INTO log_errors
SELECT service_id, fingerprint, severity, template, exception_type, message,
  make_timestamp(first_us), make_timestamp(last_us), count
FROM ${fromJsonRows(errorColumns)}
ON CONFLICT (service_id, fingerprint) DO UPDATE SET
  message = CASE WHEN excluded.first_seen < first_seen THEN excluded.message ELSE message END,
  first_seen = least(first_seen, excluded.first_seen),
  last_seen = greatest(last_seen, excluded.last_seen),
  count = log_errors.count + excluded.count`;

const knownErrorsSql = `
SELECT service_id, fingerprint, epoch_us(first_seen) AS first_us FROM log_errors
WHERE service_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))`;

const upsertMinutesSql = `
INSERT INTO log_error_minutes
SELECT service_id, make_timestamp(minute_us), make_timestamp(first_us), count
FROM ${fromJsonRows({ service_id: 'VARCHAR', minute_us: 'BIGINT', first_us: 'BIGINT', count: 'BIGINT' })}
ON CONFLICT (service_id, minute) DO UPDATE SET
  first_at = least(first_at, excluded.first_at),
  count = log_error_minutes.count + excluded.count`;

const minutesSql = `
SELECT service_id, epoch_us(minute) AS minute_us, epoch_us(first_at) AS first_us, count
FROM log_error_minutes
WHERE minute >= make_timestamp(?) AND service_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
ORDER BY minute`;

const digestsSql = `
SELECT digest FROM counted_requests WHERE digest IN (SELECT unnest(from_json(?, '["VARCHAR"]')))`;

const insertDigestsSql = `
INSERT INTO counted_requests
SELECT digest, ? FROM ${fromJsonRows({ digest: 'VARCHAR' })}`;

const lastErrorsSql = `
UPDATE service_instances SET last_error_at = make_timestamp(said.last_us), last_error = said.message
FROM ${fromJsonRows({ service_id: 'VARCHAR', instance: 'VARCHAR', last_us: 'BIGINT', message: 'VARCHAR' })} AS said
WHERE service_instances.service_id = said.service_id AND service_instances.instance = said.instance
  AND coalesce(last_error_at < make_timestamp(said.last_us), true)`;

/**
 * What services log as errors, and the events that come of it: the first time that an error is
 * seen, a burst of errors, a fatal error.
 *
 * Requests that wait together are counted together, so that a storm of them costs the writer a few
 * statements each time and not a few for each. Everything is decided from the file within the
 * transaction, so nothing is lost by a crash and a request that comes again is not counted again.
 */
export class ErrorLog {
  readonly #store: Store;
  #waiting: CountedRequest[] = [];
  #written: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Counts the errors of a request; resolves when they and the events are durable. */
  add(request: CountedRequest): Promise<void> {
    this.#waiting.push(request);
    this.#written ??= this.#write();
    return this.#written;
  }

  async #write(): Promise<void> {
    let batch: readonly CountedRequest[] | undefined;
    try {
      await this.#store.write(async (connection) => {
        // Those who come from now on wait for the next write. On a retry the batch stays the same.
        batch ??= this.#take();
        await countErrors(connection, batch, this.#store.now());
      });
    } finally {
      // Refused before its turn came: so is everybody who waits for it.
      if (batch === undefined) this.#take();
    }
  }

  #take(): readonly CountedRequest[] {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#written = undefined;
    return batch;
  }
}

async function countErrors(
  connection: Connection,
  requests: readonly CountedRequest[],
  now: Date,
): Promise<void> {
  const byDigest = new Map(requests.map((request) => [request.digest, request]));
  const digests = [...byDigest.keys()];
  for (const row of await connection.query(digestsSql, [JSON.stringify(digests)])) {
    byDigest.delete(row['digest'] as string);
  }
  const errors = [...byDigest.values()].flatMap((request) => request.errors);
  if (errors.length === 0) return;
  await connection.run(insertDigestsSql, [
    now,
    JSON.stringify([...byDigest.keys()].map((digest) => ({ digest }))),
  ]);

  const services = [...new Set(errors.map(({ serviceId }) => serviceId))];
  const firstUs = Math.min(...errors.map((error) => error.minuteUs));
  const open = await readOpenEvents(connection, services, firstUs - newErrorsWindowUs);
  const once = await countFingerprints(connection, errors, services, open);
  findCrashes(errors, open);
  await findBursts(connection, errors, services, open);
  await writeOpenEvents(connection, open, once);
  await noteLastErrors(connection, errors);
}

/** @returns events of errors that are seen for the first time */
async function countFingerprints(
  connection: Connection,
  errors: readonly LoggedErrors[],
  services: readonly string[],
  open: OpenEvent[],
): Promise<AutomaticEvent[]> {
  const known = new Set<string>();
  const newInWindow = new Map<string, number>();
  const windowOf = (service: string, us: number) =>
    `${service}\n${Math.floor(us / newErrorsWindowUs)}`;
  for (const row of await connection.query(knownErrorsSql, [JSON.stringify(services)])) {
    const service = row['service_id'] as string;
    known.add(`${service}\n${String(row['fingerprint'])}`);
    const window = windowOf(service, row['first_us'] as number);
    newInWindow.set(window, (newInWindow.get(window) ?? 0) + 1);
  }
  const byPrint = new Map<string, LoggedErrors>();
  for (const error of inOrder(errors)) {
    const key = `${error.serviceId}\n${error.fingerprint}`;
    const sum = byPrint.get(key);
    byPrint.set(
      key,
      sum
        ? {
            ...sum,
            count: sum.count + error.count,
            lastUs: Math.max(sum.lastUs, error.lastUs),
          }
        : error,
    );
  }
  const once: AutomaticEvent[] = [];
  for (const [key, error] of byPrint) {
    if (known.has(key)) continue;
    const window = windowOf(error.serviceId, error.firstUs);
    const already = newInWindow.get(window) ?? 0;
    newInWindow.set(window, already + 1);
    // A fatal error has its crash.
    if (error.severity === 'fatal') continue;
    if (already < mostNewErrors) once.push(newError(error));
    else addToMany(error, open);
  }
  await connection.run(upsertErrorsSql, [
    JSON.stringify(
      [...byPrint.values()].map((error) => ({
        service_id: error.serviceId,
        fingerprint: error.fingerprint,
        severity: error.severity,
        template: error.template,
        exception_type: error.exceptionType,
        message: error.message,
        first_us: error.firstUs,
        last_us: error.lastUs,
        count: error.count,
      })),
    ),
  ]);
  return once;
}

function newError(error: LoggedErrors): AutomaticEvent {
  return {
    timestampUs: error.firstUs,
    serviceId: error.serviceId,
    eventType: 'alert',
    details: { reason: 'new_error', fingerprint: error.fingerprint, ...sampleOf(error) },
  };
}

function addToMany(error: LoggedErrors, open: OpenEvent[]): void {
  const startedUs = Math.floor(error.firstUs / newErrorsWindowUs) * newErrorsWindowUs;
  const known = open.find(
    (event) =>
      event.kind === 'many_new_errors' &&
      event.serviceId === error.serviceId &&
      event.startedUs === startedUs,
  );
  if (known) {
    known.count += 1;
    known.lastUs = Math.max(known.lastUs, error.firstUs);
    known.isChanged = true;
  } else {
    open.push({
      id: 0,
      serviceId: error.serviceId,
      kind: 'many_new_errors',
      subject: '',
      startedUs,
      lastUs: error.firstUs,
      timestampUs: error.firstUs,
      count: 1,
      usual: 0,
      note: {
        from: isoTime(startedUs),
        to: isoTime(startedUs + newErrorsWindowUs),
      },
      measures: {},
      isChanged: false,
    });
  }
}

function findCrashes(errors: readonly LoggedErrors[], open: OpenEvent[]): void {
  for (const error of inOrder(errors)) {
    if (error.severity !== 'fatal') continue;
    const known = open.find(
      (event) =>
        event.kind === 'fatal_log' &&
        event.serviceId === error.serviceId &&
        event.subject === error.instance &&
        error.firstUs <= event.lastUs + sameCrashUs &&
        error.lastUs >= event.startedUs - sameCrashUs,
    );
    if (known) {
      known.count += error.count;
      known.startedUs = Math.min(known.startedUs, error.firstUs);
      known.timestampUs = Math.min(known.timestampUs, error.firstUs);
      known.lastUs = Math.max(known.lastUs, error.lastUs);
      known.isChanged = true;
    } else {
      open.push({
        id: 0,
        serviceId: error.serviceId,
        kind: 'fatal_log',
        subject: error.instance,
        startedUs: error.firstUs,
        lastUs: error.lastUs,
        timestampUs: error.firstUs,
        count: error.count,
        usual: 0,
        note: sampleOf(error),
        measures: {},
        isChanged: false,
      });
    }
  }
}

async function findBursts(
  connection: Connection,
  errors: readonly LoggedErrors[],
  services: readonly string[],
  open: OpenEvent[],
): Promise<void> {
  const touched = new Map<
    string,
    { service: string; minute: number; first: number; count: number }
  >();
  for (const { serviceId, minuteUs: minute, firstUs, count } of errors) {
    const key = `${serviceId}\n${minute}`;
    const sum = touched.get(key);
    if (sum) {
      sum.count += count;
      sum.first = Math.min(sum.first, firstUs);
    } else touched.set(key, { service: serviceId, minute, first: firstUs, count });
  }
  await connection.run(upsertMinutesSql, [
    JSON.stringify(
      [...touched.values()].map(({ service, minute, first, count }) => ({
        service_id: service,
        minute_us: minute,
        first_us: first,
        count,
      })),
    ),
  ]);
  const oldest = Math.min(
    ...errors.map((error) => error.minuteUs - minutesReachUs),
    ...open.filter(({ kind }) => kind === 'error_burst').map(({ startedUs }) => startedUs),
  );
  const minutes = (await connection.query(minutesSql, [oldest, JSON.stringify(services)])).map(
    (row) => ({
      service: row['service_id'] as string,
      minuteUs: row['minute_us'] as number,
      firstUs: row['first_us'] as number,
      count: row['count'] as number,
    }),
  );
  for (const minute of minutes) {
    if (!touched.has(`${minute.service}\n${minute.minuteUs}`)) continue;
    const ofService = minutes.filter(({ service }) => service === minute.service);
    const event = open.findLast(
      ({ kind, serviceId, startedUs, lastUs }) =>
        kind === 'error_burst' &&
        serviceId === minute.service &&
        minute.minuteUs >= startedUs - quietMinutes * minuteUs &&
        minute.minuteUs <= lastUs + quietMinutes * minuteUs,
    );
    const burst = judgeBurst(minute, ofService, event);
    if (burst === undefined) continue;
    const { count, peak } = measureBurst(burst, ofService);
    const measures = {
      peakPerMinute: peak,
      usualPerMinute: Math.round(burst.usual * 100) / 100,
      until: isoTime(burst.lastUs + minuteUs),
    };
    const timestampUs = ofService.find((one) => one.minuteUs === burst.startedUs)?.firstUs;
    if (event) {
      Object.assign(event, {
        startedUs: burst.startedUs,
        lastUs: burst.lastUs,
        timestampUs: timestampUs ?? event.timestampUs,
        count: Math.max(count, event.count),
        measures,
        isChanged: true,
      });
    } else {
      open.push({
        id: 0,
        serviceId: minute.service,
        kind: 'error_burst',
        subject: '',
        ...burst,
        timestampUs: timestampUs ?? burst.startedUs,
        count,
        note: mostFrequent(errors, minute.service),
        measures,
        isChanged: false,
      });
    }
  }
}

/** What the service says most: told with the burst, so that one sees what it is about. */
function mostFrequent(
  errors: readonly LoggedErrors[],
  service: string,
): Readonly<Record<string, unknown>> {
  const [most] = inOrder(errors)
    .filter(({ serviceId }) => serviceId === service)
    .sort((a, b) => b.count - a.count);
  return most === undefined ? {} : { fingerprint: most.fingerprint, ...sampleOf(most) };
}

async function noteLastErrors(
  connection: Connection,
  errors: readonly LoggedErrors[],
): Promise<void> {
  const last = new Map<string, LoggedErrors>();
  for (const error of errors) {
    const key = `${error.serviceId}\n${error.instance}`;
    if (error.lastUs >= (last.get(key)?.lastUs ?? 0)) last.set(key, error);
  }
  await connection.run(lastErrorsSql, [
    JSON.stringify(
      [...last.values()].map((error) => ({
        service_id: error.serviceId,
        instance: error.instance,
        last_us: error.lastUs,
        message: error.message,
      })),
    ),
  ]);
}

/** What an event shows of an error; absent where there is nothing to show. */
function sampleOf(error: LoggedErrors): Readonly<Record<string, string>> {
  return {
    message: error.message,
    ...(error.exceptionType === '' ? {} : { exceptionType: error.exceptionType }),
    ...(error.instance === '' ? {} : { instance: error.instance }),
    ...(error.traceId === '' ? {} : { traceId: error.traceId }),
  };
}

/** By time, then by what does not change when requests are split otherwise. */
function inOrder(errors: readonly LoggedErrors[]): LoggedErrors[] {
  return [...errors].sort(
    (a, b) => a.firstUs - b.firstUs || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

function isoTime(us: number): string {
  return new Date(us / 1000).toISOString();
}
