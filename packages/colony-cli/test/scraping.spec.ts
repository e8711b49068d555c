import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeBlocks, eventually, freePort, spawnProcess } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { coralPath, useCoral } from './use-coral.js';
import { peers, startNodeExporter, startTarget } from './use-prometheus.js';

const describeWithExporter = peers.nodeExporter === undefined ? describe.skip : describe;

interface Status {
  readonly scrape: readonly {
    readonly instance: string;
    readonly state: string;
    readonly samples: number;
    readonly scrapes: number;
    readonly rejected: number;
    readonly last_error: { readonly message: string } | null;
  }[];
}

const page = await readFile(new URL('../../../docs/senders/scraping.md', import.meta.url), 'utf8');

describe('a colony with scrape targets', () => {
  const coral = useCoral();
  const configure = (yaml: string) =>
    appendFile(join(coral.project, '.coral', 'config.yaml'), yaml);
  const scrapes = async () => (await coral.json<Status>(['status'])).scrape;
  const rows = (sql: string) => coral.json<Record<string, unknown>[]>(['sql', sql]);

  describeWithExporter('of prometheus-node-exporter', () => {
    it('does what docs/senders/scraping.md shows', async () => {
      const address = await startNodeExporter();
      await coral.init();
      const blocks = codeBlocks(page.replaceAll('127.0.0.1:9100', address));
      const [config] = blocks.filter(({ language }) => language === 'yaml');
      const scripts = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
      const [start, ask, events] = scripts as [string, string, string];
      await configure(config!.code);
      const shell = async (script: string) => {
        const child = await spawnProcess({
          command: 'bash',
          args: [
            '-c',
            `set -eo pipefail\ncoral() { "${process.execPath}" "${coralPath}" "$@"; }\n${script}`,
          ],
          cwd: coral.project,
          env: coral.env({
            CORAL_PORT: String(await freePort()),
            CORAL_OTLP_HTTP_PORT: '0',
            CORAL_OTLP_GRPC_PORT: '0',
          }),
        });
        const { code } = await child.waitForExit({ timeoutMs: 60_000 });
        expect([code, code === 0 ? '' : child.output]).toEqual([0, '']);
        return child.stdout;
      };
      expect(await shell(start)).toMatch(/scrape node +127\.0\.0\.1:\d+ (?:waits|is up)/);
      await eventually(async () => expect(await shell(ask)).toMatch(/node_load1 +[0-9.]+/), {
        timeoutMs: 60_000,
        intervalMs: 1_000,
      });
      expect(await shell(ask)).toContain(`node/${address}`);
      const [shown] = blocks.filter(({ language }) => language === 'text');
      const form = (text: string) => text.replace(/\d+ samples.*/, '').replace(/\s+/g, ' ');
      expect((await shell('coral status')).split('\n').map(form)).toContain(
        form(shown!.code.trim()),
      );
      expect(await shell(events)).toBe('');
      await shell('coral colony stop');
    }, 150_000);

    it('stores every sample as the target served it', async () => {
      const address = await startNodeExporter();
      await coral.init();
      await configure(`scrape:\n  - { job: node, targets: ['${address}'], interval: 1s }\n`);
      await coral.start();
      await eventually(async () => expect((await scrapes())[0]!.scrapes).toBeGreaterThan(1), {
        timeoutMs: 30_000,
      });
      const served = await (await fetch(`http://${address}/metrics`)).text();
      const samples = served.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const [target] = await scrapes();
      expect(target).toMatchObject({ state: 'up', rejected: 0 });
      // A few of the exporter's own come only after it was asked once.
      expect(Math.abs(target!.samples - samples.length)).toBeLessThan(10);

      const stored =
        await rows(`SELECT s.metric_name, s.attributes, last(p.value ORDER BY p.time) AS value
        FROM points p JOIN series s USING (series_id) WHERE s.service_id = 'node/${address}' GROUP BY ALL`);
      const of = (name: string) => stored.filter(({ metric_name }) => metric_name === name);
      const value = (line: RegExp) => Number(line.exec(served)![1]);
      expect(of('node_memory_MemTotal_bytes')[0]!['value']).toBe(
        value(/^node_memory_MemTotal_bytes (\S+)$/m),
      );
      expect(of('node_boot_time_seconds')[0]!['value']).toBe(
        value(/^node_boot_time_seconds (\S+)$/m),
      );
      // Counters go on between the two requests; there is one series per label set all the same.
      const cpu = samples.filter((line) => line.startsWith('node_cpu_seconds_total{'));
      expect(of('node_cpu_seconds_total')).toHaveLength(cpu.length);
      const [uname] = of('node_uname_info');
      const release = /^node_uname_info\{.*release="([^"]*)"/m.exec(served)![1];
      expect(JSON.parse(uname!['attributes'] as string)).toMatchObject({ release });
      expect(of('up')[0]!['value']).toBe(1);
    }, 90_000);
  });

  it('goes on after a kill -9 where it was, with the targets it has', async () => {
    let asked = 0;
    const address = await startTarget(
      () =>
        `# TYPE asked_total counter\nasked_total ${(asked += 1)}\n# TYPE size gauge\nsize 2.5\n`,
    );
    await coral.init();
    await configure(`scrape:
  - job: shop
    targets: ['${address}', '127.0.0.1:1']
    interval: 1s
    labels: { env: dev }
`);
    const first = await coral.start();
    await eventually(async () => expect((await scrapes())[0]!.scrapes).toBeGreaterThan(2), {
      timeoutMs: 30_000,
    });
    const shown = await coral.run(['status']);
    expect(shown.stdout).toContain(`${address} is up, 2 samples`);
    expect(shown.stdout).toMatch(/127\.0\.0\.1:1 is down.*ECONNREFUSED/);
    const counted =
      "SELECT max(value)::INTEGER AS n, count(*)::INTEGER AS points FROM points JOIN series USING (series_id) WHERE metric_name = 'asked_total'";
    const [before] = await rows(counted);
    await first.process.kill9();

    const second = await coral.start();
    await eventually(async () => expect((await scrapes())[0]!.scrapes).toBeGreaterThan(1), {
      timeoutMs: 30_000,
    });
    const [after] = await rows(counted);
    expect(after!['n']).toBeGreaterThan(before!['n'] as number);
    // Every scrape that was stored is there still: one point for each answer, none twice.
    const values = await rows(
      "SELECT value::INTEGER AS n, count(*)::INTEGER AS times FROM points JOIN series USING (series_id) WHERE metric_name = 'asked_total' GROUP BY ALL",
    );
    expect(values.length).toBeGreaterThanOrEqual((before!['points'] as number) + 1);
    expect(values.filter(({ times }) => times !== 1)).toEqual([]);
    const events = await coral.json<{ event_type: string; details: { instance: string } }[]>([
      'events',
      '--type',
      'target_down',
    ]);
    expect(events.map(({ details }) => details.instance)).toEqual(['127.0.0.1:1']);
    await second.process.terminate();
  }, 90_000);
});
