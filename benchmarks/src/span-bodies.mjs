import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';

/** As many as the Collector's batch processor sends at once. */
export const spansPerBody = 8_192;
const services = 10;
const routes = 20;

/**
 * Requests as OpenTelemetry's exporters send them: calls between ten services, a span of either side,
 * with the attributes that instrumentations of HTTP set.
 *
 * @param {number} count
 * @param {number} nowMs
 * @returns {Uint8Array[]}
 */
export function spanBodies(count, nowMs) {
  const resources = Array.from({ length: services }, (_, service) => ({
    attributes: {
      'service.name': `service-${service}`,
      'service.version': '1.4.2',
      'host.name': 'host-1',
    },
    asyncAttributesPending: false,
  }));
  return Array.from({ length: count }, (_, body) => {
    const calls = Array.from({ length: spansPerBody / 2 }, (_, index) =>
      call(resources, body * spansPerBody + index, nowMs),
    );
    const bytes = ProtobufTraceSerializer.serializeRequest(/** @type {any} */ (calls.flat()));
    return /** @type {Uint8Array} */ (bytes);
  });
}

/**
 * @param {readonly object[]} resources
 * @param {number} number
 * @param {number} nowMs
 */
function call(resources, number, nowMs) {
  const traceId = hex(number * 7_919 + 1, 32);
  const from = number % services;
  const to = (from + 1 + (number % 3)) % services;
  const path = `/items/${number % routes}`;
  const client = { traceId, spanId: hex(number * 2 + 1, 16), traceFlags: 1 };
  const server = { traceId, spanId: hex(number * 2 + 2, 16), traceFlags: 1 };
  const common = { 'http.request.method': 'GET', 'http.response.status_code': 200 };
  return [
    span(resources[from], client, undefined, 2, 'GET', nowMs - (number % 1_000), {
      ...common,
      'server.address': `service-${to}.internal`,
      'server.port': 8080,
      'url.full': `http://service-${to}.internal:8080${path}`,
    }),
    span(resources[to], server, client, 1, `GET ${path}`, nowMs - (number % 1_000), {
      ...common,
      'http.route': path,
      'url.path': path,
      'url.scheme': 'http',
      'user_agent.original': 'node',
    }),
  ];
}

/**
 * @param {object | undefined} resource
 * @param {object} context
 * @param {object | undefined} parentSpanContext
 * @param {number} kind
 * @param {string} name
 * @param {number} endMs
 * @param {Record<string, string | number>} attributes
 */
function span(resource, context, parentSpanContext, kind, name, endMs, attributes) {
  const time = (/** @type {number} */ ms) => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
  return {
    resource,
    instrumentationScope: { name: 'http', version: '1.0.0' },
    spanContext: () => context,
    parentSpanContext,
    name,
    kind,
    startTime: time(endMs - 12),
    endTime: time(endMs),
    duration: [0, 12_000_000],
    ended: true,
    status: { code: 0 },
    attributes,
    events: [],
    links: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** @param {number} number @param {number} digits */
function hex(number, digits) {
  return number.toString(16).padStart(digits, '0');
}
