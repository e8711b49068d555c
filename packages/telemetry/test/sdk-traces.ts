import type { Context } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** One trace of the real SDK with all kinds of spans, events and links, as it would be exported. */
export async function sdkTraces(): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'checkout',
      'service.namespace': 'shop',
      'process.command_args': ['node', 'main.js'],
    }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('shop.checkout', '1.2.3');
  const startTime = 1_767_225_600_000;
  const within = (parent: Context, name: string, options: object) => {
    const span = tracer.startSpan(name, { startTime, ...options }, parent);
    return { span, context: trace.setSpan(parent, span) };
  };
  const server = within(ROOT_CONTEXT, 'POST /orders', {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'POST',
      'server.address': 'shop.example',
      'network.peer.address': '10.0.0.9',
      'http.response.status_code': 500,
    },
  });
  const client = within(server.context, 'GET', {
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': 'GET',
      'server.address': 'stock',
      'server.port': 8080,
      'url.full': 'http://stock:8080/items?id=7',
    },
  });
  client.span.addEvent('sent', { bytes: 12 });
  client.span.end(startTime + 20);
  const database = within(server.context, 'SELECT shop.orders', {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', nested: ['a', 'b'] },
    links: [{ context: client.span.spanContext() }],
  });
  database.span.end([1_767_225_600, 3_500_001]);
  const producer = within(server.context, 'orders publish', {
    kind: SpanKind.PRODUCER,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
  });
  producer.span.end(startTime + 1);
  const consumer = within(producer.context, 'orders process', {
    kind: SpanKind.CONSUMER,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination': 'orders' },
  });
  consumer.span.end(startTime + 9);
  const step = within(server.context, 'größe', {});
  step.span.end(startTime + 2);
  server.span.setStatus({ code: SpanStatusCode.ERROR, message: 'no stock' });
  server.span.end(startTime + 50);
  const spans = [...exporter.getFinishedSpans()];
  await provider.shutdown();
  return spans;
}
