import type {
  Event,
  Insight,
  MetricSeries,
  MetricSummary,
  Service,
  ServiceConnection,
  TopEntry,
} from '@coral/storage';

/**
 * An API message in protobuf's JSON form: camelCase names, times as RFC 3339, 64-bit integers as
 * text, fields of zero value left out.
 *
 * Source: https://protobuf.dev/programming-guides/json
 */
export type Message = { readonly [field: string]: unknown };

/** A repeated field; an empty one is left out of the JSON. */
export function list(message: Message, field: string): readonly Message[] {
  return (message[field] ?? []) as readonly Message[];
}

/** `running` becomes `SERVICE_STATUS_RUNNING`; undefined stays so, and means any. */
export function enumName(prefix: string, word: string | undefined): string | undefined {
  return word === undefined ? undefined : `${prefix}_${word.toUpperCase()}`;
}

/** A service of an answer. */
export function service(message: Message): Service {
  return {
    id: text(message['id']),
    name: text(message['name']),
    appId: text(message['appId']),
    agentId: text(message['agentId']),
    lastSeen: time(message['lastSeen']),
    status: enumWord(message['status'], 'SERVICE_STATUS') as Service['status'],
    ...present({ version: message['version'], labels: message['labels'] }),
  } as Service;
}

/** An event of an answer. */
export function event(message: Message): Event {
  return {
    id: Number(message['id']),
    timestamp: time(message['timestamp']),
    serviceId: text(message['serviceId']),
    eventType: text(message['eventType']),
    ...present({
      details: message['details'],
      correlationGroup: message['correlationGroup'],
    }),
  } as Event;
}

/** An insight of an answer. */
export function insight(message: Message): Insight {
  const { details, affectedServices, confidence, expiresAt } = message;
  return {
    id: Number(message['id']),
    createdAt: time(message['createdAt']),
    insightType: enumWord(message['insightType'], 'INSIGHT_TYPE') as Insight['insightType'],
    priority: enumWord(message['priority'], 'INSIGHT_PRIORITY') as Insight['priority'],
    title: text(message['title']),
    summary: text(message['summary']),
    status: enumWord(message['status'], 'INSIGHT_STATUS') as Insight['status'],
    affectedServices: (affectedServices ?? []) as Insight['affectedServices'],
    ...present({
      details,
      confidence,
      expiresAt: expiresAt === undefined ? undefined : time(expiresAt),
    }),
  } as Insight;
}

/** A connection of an answer. */
export function connection(message: Message): ServiceConnection {
  return {
    fromService: text(message['fromService']),
    toService: text(message['toService']),
    protocol: text(message['protocol']),
    firstObserved: time(message['firstObserved']),
    lastObserved: time(message['lastObserved']),
    connectionCount: Number(message['connectionCount'] ?? 0),
  };
}

/** A metric summary of an answer. */
export function metricSummary(message: Message): MetricSummary {
  const { p50, p95, p99, mean, max, count } = message;
  return {
    timestamp: time(message['timestamp']),
    serviceId: text(message['serviceId']),
    metricName: text(message['metricName']),
    interval: interval(message['interval']),
    ...present({
      p50: number(p50),
      p95: number(p95),
      p99: number(p99),
      mean: number(mean),
      max: number(max),
      count: number(count),
    }),
  } as MetricSummary;
}

/** A series of an answer. */
export function metricSeries(
  message: Message,
): Pick<MetricSeries, 'stepMs' | 'from' | 'to' | 'points'> {
  return {
    stepMs: Number(message['stepMs']),
    from: time(message['from']),
    to: time(message['to']),
    points: list(message, 'points').map((point) => ({
      timestamp: time(point['timestamp']),
      value: number(point['value'] ?? 0)!,
      interval: interval(point['interval']),
    })),
  };
}

/** An entry of an answer. */
export function topEntry(message: Message): TopEntry {
  return {
    value: number(message['value'] ?? 0)!,
    ...present({
      service: message['serviceId'],
      metric: message['metricName'],
      ...(message['at'] === undefined
        ? {}
        : { at: time(message['at']), interval: interval(message['interval']) }),
    }),
  };
}

function interval(value: unknown): MetricSummary['interval'] {
  return enumWord(value, 'METRIC_INTERVAL') as MetricSummary['interval'];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function time(value: unknown): Date {
  return new Date(text(value));
}

/** Doubles that JSON cannot write come as text: `"NaN"`, `"Infinity"`. */
function number(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function enumWord(value: unknown, prefix: string): string {
  return text(value)
    .slice(prefix.length + 1)
    .toLowerCase();
}

function present(fields: Message): Message {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
