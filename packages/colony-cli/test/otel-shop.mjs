// Two services with OpenTelemetry's SDK and its stock exporters of traces, configured by nothing but
// the standard variables. `checkout` takes orders and charges each by a real request to `payments`,
// which writes to a database and tells a queue; every fifth charge fails. Each batch of spans that the
// colony has acknowledged is printed with the ids of its spans.
// usage: node otel-shop.mjs payments
//        node otel-shop.mjs checkout <port of payments> <orders, 0 for endless>
import { createServer, request } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const [service, paymentsPort, orders] = process.argv.slice(2);

const Exporter = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === 'grpc' ? GrpcExporter : HttpExporter;
const exporter = new Exporter({ timeoutMillis: 2_000 });
const send = exporter.export.bind(exporter);
let batches = 0;
exporter.export = (spans, done) =>
  send(spans, (result) => {
    const ids = spans.map((span) => span.spanContext().spanId).join(' ');
    console.log(`${result.code === 0 ? 'acknowledged' : 'failed'} ${ids}`);
    batches += 1;
    // Some batches come twice, as from a sender whose answer was lost.
    if (result.code === 0 && batches % 3 === 0) send(spans, done);
    else done(result);
  });
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': service }),
  spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 20 })],
});
provider.register();
const tracer = trace.getTracer('shop');

/** Runs an operation in a span of its own. */
async function inSpan(name, kind, attributes, run = () => undefined) {
  return await tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await run(span);
    } finally {
      span.end();
    }
  });
}

async function charge(order) {
  const http = { 'http.request.method': 'POST', 'server.address': '127.0.0.1' };
  const attributes = { ...http, 'server.port': Number(paymentsPort) };
  await inSpan('POST', SpanKind.CLIENT, attributes, async () => {
    const headers = {};
    propagation.inject(context.active(), headers);
    const options = { port: paymentsPort, path: `/charges/${order}`, method: 'POST', headers };
    await new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', ...options }, (answer) => {
        answer.resume();
        answer.on('end', resolve);
      });
      sent.on('error', reject).end();
    });
  });
}

async function serveCharge(order) {
  const http = { 'http.request.method': 'POST' };
  await inSpan('POST /charges/{order}', SpanKind.SERVER, http, async (span) => {
    const database = { 'db.system.name': 'postgresql', 'server.address': 'ledger' };
    await inSpan('INSERT', SpanKind.CLIENT, { ...database, 'server.port': 5432 });
    const queue = { 'messaging.system': 'kafka', 'messaging.destination.name': 'receipts' };
    await inSpan('send receipts', SpanKind.PRODUCER, queue);
    if (order % 5 === 0) span.setStatus({ code: SpanStatusCode.ERROR });
  });
}

if (service === 'payments') {
  const server = createServer((incoming, response) => {
    const order = Number(incoming.url.split('/').at(-1));
    const caller = propagation.extract(context.active(), incoming.headers);
    void context.with(caller, async () => {
      await serveCharge(order);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
  process.once('SIGTERM', async () => {
    await provider.shutdown();
    process.exit(0);
  });
} else {
  const most = Number(orders) || Number.POSITIVE_INFINITY;
  for (let order = 1; order <= most; order += 1) {
    await inSpan('POST /orders', SpanKind.SERVER, { 'http.request.method': 'POST' }, () =>
      charge(order),
    );
    console.log(`ordered ${order}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await provider.shutdown();
}
