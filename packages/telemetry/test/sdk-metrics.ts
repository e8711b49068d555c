import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

/** Collects when told to, instead of on a timer. */
class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** One of every instrument of the real SDK, used a little, as it would be exported. */
export async function sdkMetrics(temporality: 'delta' | 'cumulative'): Promise<ResourceMetrics> {
  const reader = new ManualReader({
    aggregationTemporalitySelector: () =>
      temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'checkout',
      'service.namespace': 'shop',
      'process.command_args': ['node', 'main.js'],
      'process.pid': 4711,
    }),
    readers: [reader],
    views: [
      {
        instrumentName: '*.exponential',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 20 } },
      },
    ],
  });
  const meter = provider.getMeter('shop.checkout', '1.2.3');

  const orders = meter.createCounter('orders', { unit: '{order}', valueType: 0 });
  orders.add(3, { currency: 'EUR', express: true });
  orders.add(4, { express: true, currency: 'EUR' });
  orders.add(1, { currency: 'USD', express: false });
  meter.createCounter('revenue', { unit: 'EUR' }).add(12.75, { städte: ['Köln', 'Zürich'] });
  const carts = meter.createUpDownCounter('carts.open', { valueType: 0 });
  carts.add(5);
  carts.add(-7);
  meter.createGauge('temperature', { unit: 'Cel' }).record(-3.25, { room: 1, exact: 0.5 });

  const latency = meter.createHistogram('latency', { unit: 'ms' });
  for (const ms of [0, 1, 7, 7, 30, 99.5, 12_000]) latency.record(ms, { route: '/pay' });
  latency.record(5, { route: '/' });
  const custom = meter.createHistogram('size', {
    unit: 'By',
    advice: { explicitBucketBoundaries: [10, 1000] },
  });
  for (const bytes of [5, 10, 11, 5000]) custom.record(bytes);
  const exponential = meter.createHistogram('latency.exponential', { unit: 'ms' });
  for (const ms of [0, 0.001, 1, 2, 2.1, 4, 1000]) exponential.record(ms, { route: '/pay' });
  meter.createHistogram('once.exponential').record(3);

  meter
    .createObservableGauge('load')
    .addCallback((result) => [0.5, 0.25].forEach((load, cpu) => result.observe(load, { cpu })));
  meter.createObservableCounter('ticks').addCallback((result) => result.observe(1234));
  meter.createObservableUpDownCounter('threads').addCallback((result) => result.observe(-2));
  provider.getMeter('other').createCounter('orders').add(1);

  const { resourceMetrics, errors } = await reader.collect();
  await provider.shutdown();
  if (errors.length > 0) throw new AggregateError(errors);
  return resourceMetrics;
}
