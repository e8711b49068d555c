import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { Database } from '@coral/storage';
import { withDeadline } from '../deadline.js';
import { ServerError } from '../errors.js';
import { toConnection, fromObservedConnection } from './convert/connection.js';
import { fromNewEvent, toEvent } from './convert/event.js';
import { toInsight } from './convert/insight.js';
import {
  fromQueryMetric,
  fromTopMetrics,
  toQueryMetricResponse,
  toTopEntry,
} from './convert/metric-query.js';
import { fromMetricSummary, toMetricSummary } from './convert/metric-summary.js';
import {
  insightPriorities,
  insightStatuses,
  metricIntervals,
  serviceStatuses,
} from './convert/names.js';
import { fromRegisterService, toService } from './convert/service.js';
import { fromTimestamp, toTimestamp } from './convert/time.js';
import { given, limitOf, optionalText, requireBatch, requireText } from './field.js';
import { MetricSchema } from './gen/coral/colony/v1/colony_pb.js';
import type {
  ColonyService,
  MetricSummary,
  NewEvent,
  ObservedConnection,
} from './gen/coral/colony/v1/colony_pb.js';

/** What the handlers work with. */
export interface ColonyServiceOptions {
  readonly database: Database;
  /** How long a read may take, ms. The store may stop it earlier. */
  readonly readTimeoutMs: number;
  /** The object of GET /api/v1/status. */
  readonly status: () => Promise<JsonObject>;
}

/**
 * The handlers of `coral.colony.v1.ColonyService`: each checks its request, calls the store once,
 * and converts the answer. A write is answered after its commit.
 *
 * Handlers throw ServerError and StorageError; the interceptor makes RPC statuses of them.
 */
export function colonyService({
  database,
  readTimeoutMs,
  status,
}: ColonyServiceOptions): ServiceImpl<typeof ColonyService> {
  /** Waits for a read as long as its caller does; the store has a deadline of its own. */
  const read = <T>(answer: Promise<T>, { signal }: HandlerContext): Promise<T> =>
    withDeadline(answer, readTimeoutMs, 'The read', signal);

  const storeEvents = ({ events }: { readonly events: readonly NewEvent[] }) =>
    database.recordEvents(
      requireBatch('events', events, 1_000).map((event, index) =>
        fromNewEvent(event, `events[${index}]`),
      ),
    );
  const storeSummaries = async (request: { readonly summaries: readonly MetricSummary[] }) => {
    const summaries = requireBatch('summaries', request.summaries, 10_000);
    await database.insertMetricSummaries(
      summaries.map((summary, index) => fromMetricSummary(summary, `summaries[${index}]`)),
    );
    return summaries.length;
  };
  const storeConnections = async (request: {
    readonly connections: readonly ObservedConnection[];
  }) => {
    const connections = requireBatch('connections', request.connections, 1_000);
    await database.observeConnections(
      connections.map((seen, index) => fromObservedConnection(seen, `connections[${index}]`)),
    );
    return connections.length;
  };

  return {
    async registerService(request, context) {
      const service = fromRegisterService(request);
      await database.upsertService(service);
      const stored = await read(database.getService(service.id), context);
      return stored === undefined ? {} : { service: toService(stored) };
    },

    async heartbeat(request) {
      const serviceId = requireText('service_id', request.serviceId);
      const known = await database.heartbeatService(
        serviceId,
        given({
          status: serviceStatuses.fromProto('status', request.status),
          at: fromTimestamp('at', request.at),
        }),
      );
      if (known) return {};
      throw new ServerError(
        'SERVER_SERVICE_UNKNOWN',
        `No service ${JSON.stringify(serviceId)} is registered. Call RegisterService first.`,
        { details: { serviceId } },
      );
    },

    async recordEvents(request) {
      return { ids: await storeEvents(request) };
    },

    async pushMetricSummaries(request) {
      return { stored: await storeSummaries(request) };
    },

    async observeConnections(request) {
      await storeConnections(request);
      return {};
    },

    // A message is read after the one before it is stored: a caller that sends faster than that is
    // held up by HTTP/2's flow control, and costs no memory.
    async *streamEvents(requests) {
      for await (const request of requests) yield { ids: await storeEvents(request) };
    },

    async *streamMetricSummaries(requests) {
      for await (const request of requests) yield { stored: await storeSummaries(request) };
    },

    async *streamConnections(requests) {
      for await (const request of requests) yield { stored: await storeConnections(request) };
    },

    async listServices(request, context) {
      const filter = given({
        status: serviceStatuses.fromProto('status', request.status),
        limit: limitOf(request.limit, 1_000),
      });
      const services = await read(database.listServices(filter), context);
      return { services: services.map(toService) };
    },

    async listEvents(request, context) {
      const filter = given({
        serviceId: optionalText(request.serviceId),
        eventType: optionalText(request.eventType),
        correlationGroup: optionalText(request.correlationGroup),
        from: fromTimestamp('from', request.from),
        to: fromTimestamp('to', request.to),
        limit: limitOf(request.limit, 100),
      });
      const events = await read(database.listEvents(filter), context);
      return { events: events.map(toEvent) };
    },

    async getActiveInsights(_request, context) {
      const insights = await read(database.getActiveInsights(), context);
      return { insights: insights.map(toInsight) };
    },

    async listInsights(request, context) {
      const filter = given({
        status: insightStatuses.fromProto('status', request.status),
        priority: insightPriorities.fromProto('priority', request.priority),
        limit: limitOf(request.limit, 100),
      });
      const insights = await read(database.listInsights(filter), context);
      return { insights: insights.map(toInsight) };
    },

    async getServiceTopology(_request, context) {
      const { services, connections } = await read(database.getServiceTopology(), context);
      return { services: services.map(toService), connections: connections.map(toConnection) };
    },

    async listMetrics(request, context) {
      const filter = given({ serviceId: optionalText(request.serviceId) });
      const metrics = await read(database.listMetrics(filter), context);
      return {
        metrics: metrics.map((metric) =>
          create(MetricSchema, {
            serviceId: metric.serviceId,
            metricName: metric.metricName,
            interval: metricIntervals.toProto(metric.interval),
            firstAt: toTimestamp(metric.firstAt),
            lastAt: toTimestamp(metric.lastAt),
            summaries: BigInt(metric.summaries),
          }),
        ),
      };
    },

    async listMetricSummaries(request, context) {
      const filter = given({
        serviceId: optionalText(request.serviceId),
        metricName: optionalText(request.metricName),
        interval: metricIntervals.fromProto('interval', request.interval),
        from: fromTimestamp('from', request.from),
        to: fromTimestamp('to', request.to),
        limit: limitOf(request.limit, 1_000),
      });
      const summaries = await read(database.listMetricSummaries(filter), context);
      return { summaries: summaries.map(toMetricSummary) };
    },

    async queryMetric(request, context) {
      const series = database.queryMetric({
        ...fromQueryMetric(request),
        timeoutMs: readTimeoutMs,
        signal: context.signal,
      });
      return toQueryMetricResponse(await read(series, context));
    },

    async topMetrics(request, context) {
      const entries = database.topBy({
        ...fromTopMetrics(request),
        timeoutMs: readTimeoutMs,
        signal: context.signal,
      });
      return { entries: (await read(entries, context)).map(toTopEntry) };
    },

    async getStatus(_request, context) {
      return { status: await read(status(), context) };
    },
  };
}
