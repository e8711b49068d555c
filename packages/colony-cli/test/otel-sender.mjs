// A program with OpenTelemetry's SDK and the stock OTLP exporter, configured by nothing but the
// standard variables, as `coral colony env` prints them. Counts one order after the other, sends
// each by itself, and prints the count once the colony has acknowledged it.
// usage: node otel-sender.mjs <orders>, 0 for endless
import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const most = Number(process.argv[2]) || Number.POSITIVE_INFINITY;

const exporter = new OTLPMetricExporter({ timeoutMillis: 2_000 });
let acknowledged = 0;
const send = exporter.export.bind(exporter);
exporter.export = (metrics, done) =>
  send(metrics, (result) => {
    // 0 is SUCCESS: the colony answered 200, and nothing else is an acknowledgement.
    if (result.code === 0) {
      acknowledged = orders;
      console.log(`acknowledged ${acknowledged}`);
    } else {
      console.log(`failed: ${result.error?.message}`);
    }
    done(result);
  });

const provider = new MeterProvider({
  resource: resourceFromAttributes({ 'service.name': 'api', 'service.namespace': 'shop' }),
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
const meter = provider.getMeter('orders');
const counter = meter.createCounter('shop.orders', { unit: '{order}' });
const latency = meter.createHistogram('http.server.request.duration', { unit: 's' });
const queue = meter.createGauge('shop.queue.length');

let orders = 0;
while (orders < most) {
  orders += 1;
  counter.add(1);
  latency.record(0.01 * orders, { 'http.route': '/orders' });
  queue.record(orders % 10);
  await provider.forceFlush();
  // Metrics carry the time in milliseconds: two sends within one would be one point.
  await sleep(2);
}
