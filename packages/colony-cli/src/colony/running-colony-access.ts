import type {
  Event,
  Insight,
  MetricSummary,
  Progress,
  Service,
  ServiceConnection,
  TaskOptions,
} from '@coral/storage';
import { CliError } from '../cli-error.js';
import { ColonyAnswerError } from '../coded-error.js';
import type { ApiAddress } from './api-client.js';
import { callApi, callApiLines } from './api-client.js';
import type { ColonyAccess, QueryOptions, QueryRows } from './colony-access.js';
import * as from from './api-messages.js';

/** Asks a running colony over its API: JSON to its Connect service, and its SQL endpoint. */
export function runningColonyAccess(address: ApiAddress): ColonyAccess {
  const call = async (method: string, body: object): Promise<from.Message> => {
    const path = `/coral.colony.v1.ColonyService/${method}`;
    return (await callApi(address, { method: 'POST', path, body })) as from.Message;
  };
  return {
    async listServices({ status, limit }): Promise<Service[]> {
      const body = { limit, status: from.enumName('SERVICE_STATUS', status) };
      return from.list(await call('ListServices', body), 'services').map(from.service);
    },
    async listEvents({ serviceId, eventType, correlationGroup, from: since, limit }) {
      const body = { serviceId, eventType, correlationGroup, from: since?.toISOString(), limit };
      return from.list(await call('ListEvents', body), 'events').map(from.event) as Event[];
    },
    async listInsights({ status, priority, limit }): Promise<Insight[]> {
      const body = {
        status: from.enumName('INSIGHT_STATUS', status),
        priority: from.enumName('INSIGHT_PRIORITY', priority),
        limit,
      };
      return from.list(await call('ListInsights', body), 'insights').map(from.insight);
    },
    async listConnections(): Promise<ServiceConnection[]> {
      const message = await call('GetServiceTopology', {});
      return from.list(message, 'connections').map(from.connection);
    },
    async listMetricSummaries(filter): Promise<MetricSummary[]> {
      const { serviceId, metricName, interval, from: since, limit } = filter;
      const message = await call('ListMetricSummaries', {
        serviceId,
        metricName,
        interval: from.enumName('METRIC_INTERVAL', interval),
        from: since?.toISOString(),
        limit,
      });
      return from.list(message, 'summaries').map(from.metricSummary);
    },
    async queryMetric({ service, metric, statistic, from: start, to, step }) {
      const message = await call('QueryMetric', {
        serviceId: service,
        metricName: metric,
        statistic: from.enumName('METRIC_STATISTIC', statistic),
        from: start.toISOString(),
        to: to.toISOString(),
        stepMs: step === undefined ? undefined : String(step),
      });
      return { service, metric, statistic, ...from.metricSeries(message) };
    },
    async topMetrics({ statistic, by, service, metric, from: start, to, limit }) {
      const message = await call('TopMetrics', {
        statistic: from.enumName('METRIC_STATISTIC', statistic),
        by: from.enumName('TOP_SUBJECT', by),
        serviceId: service,
        metricName: metric,
        from: start.toISOString(),
        to: to.toISOString(),
        limit,
      });
      return from.list(message, 'entries').map(from.topEntry);
    },
    async recordEvent({ serviceId, eventType, timestamp, details, correlationGroup }) {
      const at = timestamp?.toISOString();
      const event = { serviceId, eventType, timestamp: at, details, correlationGroup };
      const { ids } = await call('RecordEvents', { events: [event] });
      return Number((ids as readonly unknown[])[0]);
    },
    query: (sql, options) => queryRunning(address, sql, options),
    runTask: (name, input, options) => runOnRunning(address, { name, input }, options),
  };
}

interface SqlLine {
  readonly columns?: QueryRows['columns'];
  readonly rows?: readonly (readonly unknown[])[];
  readonly end?: { readonly truncated: boolean };
  readonly error?: { readonly code: string; readonly message: string };
}

async function queryRunning(
  address: ApiAddress,
  sql: string,
  { timeoutMs, maxRows, signal }: QueryOptions,
): Promise<QueryRows> {
  const lines = callApiLines(address, {
    method: 'POST',
    path: '/api/v1/sql',
    body: { sql, timeout_ms: timeoutMs, max_rows: maxRows },
    // The colony keeps the deadline; this one is for a colony that hangs.
    idleTimeoutMs: timeoutMs + 10_000,
    signal,
  }) as AsyncGenerator<SqlLine>;
  const first = await lines.next();
  if (first.done === true) throw cutOff();
  if (first.value.error !== undefined) throw lineError(first.value.error);
  let truncated = false;
  async function* batches() {
    for await (const line of lines) {
      if (line.error !== undefined) throw lineError(line.error);
      if (line.rows !== undefined) yield line.rows;
      if (line.end !== undefined) {
        truncated = line.end.truncated;
        return;
      }
    }
    throw cutOff();
  }
  return {
    columns: first.value.columns ?? [],
    batches: batches(),
    truncated: () => truncated,
  };
}

interface TaskLine {
  readonly progress?: Progress;
  readonly end?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Leaving early, by the signal too, cuts the connection, which stops the task. */
async function runOnRunning(
  address: ApiAddress,
  { name, input }: { readonly name: string; readonly input: object },
  { onProgress, signal }: TaskOptions,
): Promise<unknown> {
  const lines = callApiLines(address, {
    method: 'POST',
    path: `/api/v1/tasks/${name}`,
    body: input,
    signal,
  }) as AsyncGenerator<TaskLine>;
  try {
    for await (const line of lines) {
      if (line.error !== undefined) throw lineError(line.error);
      if ('end' in line) return line.end;
      if (line.progress !== undefined) onProgress?.(line.progress);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new ColonyAnswerError('STORAGE_CANCELLED', 'The task was stopped before it was done.');
  }
  throw cutOff();
}

function lineError({ code, message }: { readonly code: string; readonly message: string }) {
  return new ColonyAnswerError(code, message);
}

/** Without its last line an answer may be missing rows, and must not pass for a whole one. */
function cutOff(): CliError {
  return new CliError('CLI_UNREACHABLE', 'The colony stopped in the middle of its answer.', {
    hint: 'Try again; see its log if it stays so.',
  });
}
