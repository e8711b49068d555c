// A real Prometheus scrapes a real node exporter and a small service, and writes to a colony; both
// are killed. What the colony has acknowledged is there afterwards.
import { describe, expect, it } from '@jest/globals';
import { RemoteWriteDecoder, uncompressSnappy } from '@coral/telemetry';
import { eventually, freePort, useTempDir } from '@coral/testkit';
import type { RecordedRequest } from './recording-proxy.js';
import { startRecordingProxy } from './recording-proxy.js';
import { useCoral } from './use-coral.js';
import { peers, startNodeExporter, startPrometheus, startTarget } from './use-prometheus.js';

const hasPeers = peers.prometheus !== undefined && peers.nodeExporter !== undefined;
const describeWithPrometheus = hasPeers ? describe : describe.skip;

/** Every sample of the requests that were answered with success: `series key|µs`. */
function acknowledgedSamples(requests: readonly RecordedRequest[]): Set<string> {
  const decoder = new RemoteWriteDecoder();
  const samples = new Set<string>();
  for (const { body, status } of requests) {
    if (status !== 204) continue;
    const { points } = decoder.decode(uncompressSnappy(body, 1e8));
    for (let i = 0; i < points.length; i++) {
      samples.add(`${points.series[points.seriesIndex[i]!]!.key}|${points.timeUs[i]!}`);
    }
  }
  return samples;
}

describeWithPrometheus('a real Prometheus', () => {
  const coral = useCoral();
  const directory = useTempDir();

  async function storedSamples(): Promise<string[]> {
    const rows = await coral.json<{ sample: string }[]>(
      [
        'sql',
        '--max-rows',
        '10000000',
        `SELECT concat(series_key, '|', epoch_us(time)) AS sample
         FROM points JOIN series USING (series_id)`,
      ],
      { timeoutMs: 60_000 },
    );
    return rows.map(({ sample }) => sample);
  }

  it('loses nothing that the colony acknowledged when both are killed again and again', async () => {
    await coral.init('shop', ['--env', 'production']);
    const port = await freePort();
    const args = ['--port', String(port), '--no-self-metrics'];
    let { process: colony } = await coral.start(args);
    const proxy = await startRecordingProxy({ port });
    const node = await startNodeExporter();
    let orders = 0;
    const shop = await startTarget(() => `# TYPE orders_total counter\norders_total ${++orders}\n`);
    const { OTEL_EXPORTER_OTLP_HEADERS } = await coral.json<{ OTEL_EXPORTER_OTLP_HEADERS: string }>(
      ['colony', 'env'],
    );
    const token = decodeURIComponent(OTEL_EXPORTER_OTLP_HEADERS.split('=')[1]!).split(' ')[1]!;
    const yaml = `
global: { scrape_interval: 250ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['${node}'] }]
  - job_name: shop
    static_configs: [{ targets: ['${shop}'] }]
remote_write:
  - url: http://127.0.0.1:${proxy.port}/api/v1/write
    authorization: { credentials: ${token} }
    queue_config: { batch_send_deadline: 200ms, min_backoff: 30ms, max_backoff: 200ms }
`;
    let prometheus = await startPrometheus(directory.path, yaml);
    const answeredMore = async (n: number): Promise<void> => {
      const before = proxy.answered.length;
      await eventually(() => expect(proxy.answered.length).toBeGreaterThanOrEqual(before + n), {
        timeoutMs: 30_000,
      });
    };
    for (let round = 0; round < 3; round++) {
      await answeredMore(8);
      await colony.kill9();
      ({ process: colony } = await coral.start(args));
      await answeredMore(8);
      if (round === 1) {
        await prometheus.process.kill9();
        prometheus = await startPrometheus(directory.path, yaml);
      }
    }
    await prometheus.process.terminate();
    const acknowledged = acknowledgedSamples(proxy.answered);
    expect(proxy.answered.filter(({ status }) => status !== 204)).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(2_000);
    const stored = new Set(await storedSamples());
    expect([...acknowledged].filter((sample) => !stored.has(sample))).toEqual([]);
    await colony.terminate();
    // The colony was away while Prometheus scraped: what it missed was sent again.
    const services = await coral.json<{ id: string }[]>(['services']);
    expect(services.map(({ id }) => id).sort()).toEqual([`node/${node}`, 'shop']);
  }, 120_000);
});
