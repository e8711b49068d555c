import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { DataPointType, AggregationTemporality } from '@opentelemetry/sdk-metrics';

export const pointsPerBody = 10_000;
const services = 10;
const metricsPerService = 20;
const seriesPerMetric = 5;

/**
 * Requests as the OpenTelemetry SDK's exporter would send them: gauges of 1,000 series, ten values
 * of each in a request.
 *
 * @param {number} count
 * @param {number} nowMs
 * @returns {Uint8Array[]}
 */
export function otlpBodies(count, nowMs) {
  return Array.from({ length: count }, (_, body) => {
    const perService = Array.from({ length: services }, (_, service) =>
      resourceMetrics(service, body, nowMs),
    );
    return concatenate(perService.map((one) => ProtobufMetricsSerializer.serializeRequest(one)));
  });
}

/**
 * @param {number} service
 * @param {number} body
 * @param {number} nowMs
 */
function resourceMetrics(service, body, nowMs) {
  const attributes = {
    'service.name': `service-${service}`,
    'service.version': '1.4.2',
    'host.name': 'host-1',
  };
  return /** @type {any} */ ({
    resource: { attributes, asyncAttributesPending: false },
    scopeMetrics: [
      {
        scope: { name: 'bench', version: '1.0.0' },
        metrics: Array.from({ length: metricsPerService }, (_, metric) => ({
          descriptor: {
            name: `metric.number.${metric}`,
            description: '',
            unit: 'ms',
            valueType: 1,
            advice: {},
          },
          aggregationTemporality: AggregationTemporality.CUMULATIVE,
          dataPointType: DataPointType.GAUGE,
          dataPoints: points(body, nowMs),
        })),
      },
    ],
  });
}

/**
 * @param {number} body
 * @param {number} nowMs
 */
function points(body, nowMs) {
  const values = pointsPerBody / services / metricsPerService;
  return Array.from({ length: values }, (_, index) => {
    const timeMs = nowMs - (body * 10 + Math.floor(index / seriesPerMetric)) * 10;
    const time = [Math.floor(timeMs / 1000), (timeMs % 1000) * 1_000_000];
    const attributes = { route: `/items/${index % seriesPerMetric}`, method: 'GET', status: 200 };
    return { attributes, startTime: time, endTime: time, value: 20 + Math.sin(index + body) * 7 };
  });
}

/**
 * Requests of one repeated field can be joined byte by byte.
 *
 * @param {readonly (Uint8Array | undefined)[]} parts
 */
function concatenate(parts) {
  return new Uint8Array(Buffer.concat(parts.map((part) => part ?? new Uint8Array())));
}
