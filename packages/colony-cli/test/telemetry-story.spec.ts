// Issue to answer, end to end: a stock OpenTelemetry program, a colony that is killed while it
// writes, and nothing acknowledged missing afterwards.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually, freePort, spawnProcess } from '@coral/testkit';
import { startSender } from './start-sender.js';
import { useCoral } from './use-coral.js';

interface SummaryRow {
  readonly service_id: string;
  readonly metric_name: string;
  readonly count: number | null;
  readonly max: number | null;
}

const program = 'otel-sender.mjs';

describe('a program with the OpenTelemetry SDK', () => {
  const coral = useCoral();

  /** Values of the counter that are stored, in order. */
  async function storedOrders(): Promise<number[]> {
    const rows = await coral.json<{ value: number }[]>([
      'sql',
      `SELECT DISTINCT value FROM points JOIN series USING (series_id)
       WHERE metric_name = 'shop.orders' ORDER BY value`,
    ]);
    return rows.map(({ value }) => value);
  }

  it('shows up in coral metrics and coral services, configured by coral colony env alone', async () => {
    // Without the exception for this machine, so that the token in the variables is what counts.
    await coral.init('shop', ['--env', 'production']);
    await coral.start(['--no-self-metrics']);
    const sender = await startSender(coral, program, { args: ['5'] });
    await expect(sender.waitForExit()).resolves.toMatchObject({ code: 0 });
    expect(sender.stdout).toContain('acknowledged 5');
    const summaries = await eventually(
      async () => {
        const rows = await coral.json<SummaryRow[]>(['metrics', 'shop/api']);
        expect(rows).toHaveLength(3);
        return rows;
      },
      { timeoutMs: 25_000, intervalMs: 500 },
    );
    expect(summaries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ metric_name: 'shop.orders' }),
        expect.objectContaining({ metric_name: 'http.server.request.duration', count: 5 }),
        expect.objectContaining({ metric_name: 'shop.queue.length', count: 5, max: 5 }),
      ]),
    );
    const services = await coral.json<{ id: string }[]>(['services']);
    expect(services).toEqual([expect.objectContaining({ id: 'shop/api', status: 'running' })]);
    const text = await coral.run(['metrics', 'shop/api', 'shop.queue.length']);
    expect(text.stdout).toMatch(/^WINDOW +COUNT +MEAN/);
  }, 60_000);

  it('is refused without the token', async () => {
    await coral.init('shop', ['--env', 'production']);
    const { run } = await coral.start(['--no-self-metrics']);
    const sender = fileURLToPath(new URL(program, import.meta.url));
    const child = await spawnProcess({
      command: process.execPath,
      args: [sender, '1'],
      env: coral.env({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${run.port}` }),
    });
    await child.waitForOutput(/failed:/);
    await expect(storedOrders()).resolves.toEqual([]);
  });

  it('loses nothing acknowledged when the colony is killed while it sends, and goes on after', async () => {
    const port = String(await freePort());
    const args = ['--port', port, '--no-self-metrics'];
    await coral.init('shop', ['--env', 'production']);
    let { process: colony } = await coral.start(args);
    const sender = await startSender(coral, program, { args: ['0'] });
    let acknowledged = 0;
    for (let round = 1; round <= 3; round += 1) {
      const from = sender.stdout.length;
      // Killed in the middle of whatever it does at that moment.
      await sender.waitForOutput(
        (text) => (text.match(/acknowledged/g)?.length ?? 0) >= 20 * round,
        { stream: 'stdout', from },
      );
      await colony.kill9();
      acknowledged = Number(/.*acknowledged (\d+)/s.exec(sender.stdout)![1]);
      ({ process: colony } = await coral.start(args));
    }
    await sender.kill9();
    const all = [...sender.stdout.matchAll(/^acknowledged (\d+)$/gm)].map((match) =>
      Number(match[1]),
    );
    expect(all.length).toBeGreaterThan(100);
    expect(acknowledged).toBeGreaterThan(100);
    const stored = new Set(await storedOrders());
    expect(all.filter((value) => !stored.has(value))).toEqual([]);
    // The summaries are made of the same points.
    await colony.terminate();
    const rows = await coral.json<SummaryRow[]>(['metrics', 'shop/api']);
    expect(rows.map(({ metric_name }) => metric_name).sort()).toEqual([
      'http.server.request.duration',
      'shop.orders',
      'shop.queue.length',
    ]);
  }, 90_000);
});
