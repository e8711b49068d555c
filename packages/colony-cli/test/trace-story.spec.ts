// Traces end to end: two services in two processes with the OpenTelemetry SDK, and a colony that is
// killed while they send.
import { describe, expect, it } from '@jest/globals';
import type { ProcessHarness } from '@coral/testkit';
import { eventually, freePort } from '@coral/testkit';
import type { SenderOptions } from './start-sender.js';
import { startSender } from './start-sender.js';
import { useCoral } from './use-coral.js';

interface ConnectionRow {
  readonly from_service: string;
  readonly to_service: string;
  readonly protocol: string;
  readonly connection_count: number;
}

interface SummaryRow {
  readonly metric_name: string;
  readonly mean: number;
  readonly count: number;
}

interface SpanRow {
  readonly id: string;
  readonly parent: string;
  readonly service_id: string;
  readonly kind: string;
  readonly protocol: string;
  readonly peer: string;
}

const program = 'otel-shop.mjs';
/** Connections and summaries come within some seconds; the machine may be busy. */
const soon = { timeoutMs: 60_000, intervalMs: 1_000 };

describe('two services with the OpenTelemetry SDK', () => {
  const coral = useCoral();

  async function startShop(
    orders: number,
    protocols: Readonly<Record<'checkout' | 'payments', SenderOptions['protocol']>>,
  ) {
    const payments = await startSender(coral, program, {
      args: ['payments'],
      protocol: protocols.payments!,
    });
    const [, port] = await payments.waitForOutput(/listening on (\d+)/);
    const checkout = await startSender(coral, program, {
      args: ['checkout', port!, String(orders)],
      protocol: protocols.checkout!,
    });
    return { payments, checkout };
  }

  async function topology(): Promise<string[]> {
    const rows = await coral.json<ConnectionRow[]>(['topology']);
    return rows
      .map((row) => edgeText(row.from_service, row.to_service, row.protocol, row.connection_count))
      .sort();
  }

  /** The spans that are stored, each once. */
  async function storedSpans(): Promise<{ spans: SpanRow[]; rows: number }> {
    const rows = await coral.json<SpanRow[]>([
      'sql',
      '--max-rows',
      '100000',
      `SELECT format('{:016x}', span_id) AS id, format('{:016x}', parent_id) AS parent,
         service_id, kind, protocol, peer
       FROM spans JOIN span_operations USING (operation_id)`,
    ]);
    return { spans: [...new Map(rows.map((row) => [row.id, row])).values()], rows: rows.length };
  }

  it.each(['http/protobuf', 'grpc'] as const)(
    'show who calls whom, how often, how long it takes and how much of it fails, over %s',
    async (protocol) => {
      await coral.init('shop', ['--env', 'production']);
      await coral.start(['--no-self-metrics']);
      const shop = await startShop(20, { checkout: protocol, payments: protocol });
      await expect(shop.checkout.waitForExit()).resolves.toMatchObject({ code: 0 });
      await expect(shop.payments.terminate()).resolves.toMatchObject({ code: 0 });

      await eventually(async () => {
        await expect(topology()).resolves.toEqual([
          'checkout → payments http × 20',
          'payments → ledger:5432 postgresql × 20',
          'payments → receipts kafka × 20',
        ]);
      }, soon);
      // What sends nothing by itself is no service.
      const services = await coral.json<{ id: string }[]>(['services']);
      expect(services.map(({ id }) => id)).toEqual(['checkout', 'payments']);

      await eventually(async () => {
        const requests = await requestsOf('payments', 'POST /charges/{order}');
        expect(requests).toEqual({ count: 20, failed: 4 });
        expect(await requestsOf('payments')).toEqual(requests);
        expect(await requestsOf('checkout', 'POST /orders')).toEqual({ count: 20, failed: 0 });
      }, soon);
      const listed = await coral.run(['metrics', 'payments']);
      expect(listed.stdout).toMatch(/^payments +traces\.duration\/POST \/charges\/\{order\} /m);
      const names = await coral.json<SummaryRow[]>(['metrics', 'payments']);
      expect(names.map(({ metric_name }) => metric_name)).toHaveLength(4);
    },
    180_000,
  );

  /** How many requests there were in all windows, and how many of them failed. */
  async function requestsOf(service: string, operation?: string) {
    const suffix = operation === undefined ? '' : `/${operation}`;
    const windows = (metric: string) =>
      coral.json<SummaryRow[]>(['metrics', service, `${metric}${suffix}`]);
    const durations = await windows('traces.duration');
    const errors = await windows('traces.errors');
    const failures = errors.map(({ mean, count }) => mean * count);
    return { count: sum(durations.map(({ count }) => count)), failed: Math.round(sum(failures)) };
  }

  it('are counted once each, and nothing acknowledged is missing, when the colony is killed while they send', async () => {
    const args = ['--port', String(await freePort()), '--no-self-metrics'];
    await coral.init('shop', ['--env', 'production']);
    let { process: colony } = await coral.start(args);
    const shop = await startShop(0, { checkout: 'http/protobuf', payments: 'grpc' });
    const both = [shop.checkout, shop.payments];
    for (let kill = 0; kill < 3; kill += 1) {
      // Killed in the middle of whatever it does at that moment.
      await Promise.all(both.map((sender) => waitForBatches(sender, 15)));
      await colony.kill9();
      ({ process: colony } = await coral.start(args));
    }
    await Promise.all(both.map((sender) => waitForBatches(sender, 5)));
    await Promise.all(both.map((sender) => sender.kill9()));
    // Stopping computes what is due.
    await expect(colony.terminate()).resolves.toMatchObject({ code: 0 });

    const { spans, rows } = await storedSpans();
    const stored = new Set(spans.map(({ id }) => id));
    const acknowledged = both.flatMap(acknowledgedBy);
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    // Some were sent again, and are counted once all the same.
    expect(rows).toBeGreaterThan(spans.length);
    await expect(topology()).resolves.toEqual(edgesOf(spans));
    const served = spans.filter(({ kind }) => kind === 'server');
    for (const service of ['checkout', 'payments']) {
      const { count } = await requestsOf(service);
      expect([service, count]).toEqual([
        service,
        served.filter(({ service_id }) => service_id === service).length,
      ]);
    }
  }, 180_000);
});

async function waitForBatches(sender: ProcessHarness, count: number): Promise<void> {
  await sender.waitForOutput((text) => (text.match(/^acknowledged /gm)?.length ?? 0) >= count, {
    stream: 'stdout',
    from: sender.stdout.length,
    timeoutMs: 60_000,
  });
}

function acknowledgedBy(sender: ProcessHarness): string[] {
  return [...sender.stdout.matchAll(/^acknowledged (.+)$/gm)].flatMap(([, ids]) => ids!.split(' '));
}

/** Who calls whom by these spans, counted here: the called by their callers, else callers by peer. */
function edgesOf(spans: readonly SpanRow[]): string[] {
  const callers = new Map(
    spans.filter(({ peer }) => peer !== '').map((span) => [span.id, span] as const),
  );
  const called = spans.filter(({ kind, parent }) => kind === 'server' && callers.has(parent));
  const answered = new Set(called.map(({ parent }) => parent));
  const edges = [
    ...called.map(({ service_id, parent, protocol }) => [
      callers.get(parent)!.service_id,
      service_id,
      protocol,
    ]),
    ...[...callers.values()]
      .filter(({ id }) => !answered.has(id))
      .map(({ service_id, peer, protocol }) => [service_id, peer, protocol]),
  ] as [string, string, string][];
  const counts = new Map<string, [edge: [string, string, string], count: number]>();
  for (const edge of edges) {
    const key = edge.join('\n');
    counts.set(key, [edge, (counts.get(key)?.[1] ?? 0) + 1]);
  }
  return [...counts.values()].map(([edge, count]) => edgeText(...edge, count)).sort();
}

function edgeText(from: string, to: string, protocol: string, count: number): string {
  return `${from} → ${to} ${protocol} × ${count}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
