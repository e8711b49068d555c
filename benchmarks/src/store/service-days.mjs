import { seededRandom } from '@coral/testkit';

/** Start of the first day. */
export const firstDayMs = Date.UTC(2026, 0, 1);
export const dayMs = 86_400_000;
const windowMs = 300_000;
export const windowsPerDay = dayMs / windowMs;
const services = 50;

/**
 * The metrics of one service, by the names of OpenTelemetry's semantic conventions, and what their
 * values are like: 8 histograms of durations, 6 counts, 4 sizes in bytes, 2 ratios.
 */
const metrics = [
  ...[
    'http.server.request.duration',
    'http.client.request.duration',
    'db.client.operation.duration',
    'rpc.server.call.duration',
    'rpc.client.call.duration',
    'messaging.process.duration',
    'jvm.gc.duration',
    'dns.lookup.duration',
  ].map((name) => ({ name, kind: 'duration' })),
  ...[
    'http.server.active_requests',
    'db.client.connection.count',
    'db.client.connection.pending_requests',
    'messaging.client.sent.messages',
    'process.open_file_descriptor.count',
    'jvm.thread.count',
  ].map((name) => ({ name, kind: 'count' })),
  ...[
    'jvm.memory.used',
    'process.memory.usage',
    'http.server.request.body.size',
    'system.network.io',
  ].map((name) => ({ name, kind: 'bytes' })),
  ...['process.cpu.utilization', 'system.memory.utilization'].map((name) => ({
    name,
    kind: 'ratio',
  })),
];

/** Series that all days have. */
export const seriesCount = services * metrics.length;
/** @param {number} n */
export const serviceName = (n) => `shop/service-${String(n % services).padStart(2, '0')}`;
/** @param {number} n */
export const metricName = (n) => metrics[n % metrics.length].name;

/**
 * The 5-minute summaries of one day, an hour of all series at a time: a daily wave, noise, and
 * digits as the instruments give them (the longest duration in ms to the µs, whole counts, pages of
 * memory); percentiles of durations and means as they come out, with all their digits.
 *
 * @param {number} day
 */
export function* hoursOfDay(day) {
  const random = seededRandom(day + 1).next;
  const perHour = windowsPerDay / 24;
  for (let hour = 0; hour < 24; hour += 1) {
    const rows = [];
    for (let window = hour * perHour; window < (hour + 1) * perHour; window += 1) {
      const timestamp = new Date(firstDayMs + day * dayMs + window * windowMs);
      const wave = 1 + 0.5 * Math.sin((2 * Math.PI * window) / windowsPerDay);
      for (let service = 0; service < services; service += 1) {
        for (let metric = 0; metric < metrics.length; metric += 1) {
          rows.push({
            timestamp,
            serviceId: serviceName(service),
            metricName: metrics[metric].name,
            interval: '5m',
            ...values(metrics[metric].kind, service, metric, wave, random),
          });
        }
      }
    }
    yield rows;
  }
}

/**
 * @param {string} kind
 * @param {number} service
 * @param {number} metric
 * @param {number} wave
 * @param {() => number} random
 */
function values(kind, service, metric, wave, random) {
  const noise = () => 1 + 0.2 * random();
  switch (kind) {
    case 'duration': {
      const typical = (3 + ((service * 7 + metric * 3) % 40)) * wave * noise();
      const count = Math.round((50 + service * 13) * wave * noise());
      return {
        p50: typical,
        p95: typical * 3 * noise(),
        p99: typical * 6 * noise(),
        mean: Math.round(typical * 1.3 * noise() * count * 1000) / 1000 / count,
        max: Math.round(typical * 9 * noise() * 1000) / 1000,
        count,
      };
    }
    case 'count': {
      const typical = Math.round((5 + service * 3) * wave * noise());
      const sum = Math.round(typical * 20 * noise());
      const most = typical + Math.round(typical * random());
      return { p50: typical, p95: most, p99: most, mean: sum / 20, max: most, count: 20 };
    }
    case 'bytes': {
      const page = 4096;
      const typical = Math.round(((1 + service) * 2e7 * wave * noise()) / page) * page;
      const most = typical + Math.round((typical / page) * 0.1 * random()) * page;
      return {
        p50: typical,
        p95: most,
        p99: most,
        mean: (typical + most) / 2,
        max: most,
        count: 20,
      };
    }
    default: {
      const typical = Math.min(1, 0.2 * wave * noise());
      const most = Math.min(1, typical * noise());
      return {
        p50: typical,
        p95: most,
        p99: most,
        mean: (typical * 19 + most) / 20,
        max: most,
        count: 20,
      };
    }
  }
}
