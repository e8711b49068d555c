import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeBlocks, eventually, findPeer, spawnProcess, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { coralPath, useCoral } from './use-coral.js';
import { peers, startNodeExporter, startPrometheus } from './use-prometheus.js';

const vmagent = findPeer('vmagent');
const hasPeers = Object.values({ ...peers, vmagent }).every((peer) => peer !== undefined);
const describeWithPeers = hasPeers ? describe : describe.skip;

const page = await readFile(
  new URL('../../../docs/senders/prometheus.md', import.meta.url),
  'utf8',
);

describeWithPeers('docs/senders/prometheus.md', () => {
  const coral = useCoral();
  const directory = useTempDir();

  /** Starts what the page expects, and gives its examples with the addresses that these have. */
  async function setUp(init: readonly string[]) {
    await coral.init('my-shop', init);
    const { run } = await coral.start(['--no-self-metrics']);
    const node = await startNodeExporter();
    const blocks = codeBlocks(
      page
        .replaceAll('127.0.0.1:9000', `127.0.0.1:${run.port}`)
        .replaceAll('127.0.0.1:9100', node)
        .replaceAll('scrape_interval: 15s', 'scrape_interval: 1s'),
    );
    const of = (wanted: string) =>
      blocks.filter(({ language }) => language === wanted).map(({ code }) => code);
    const scripts = of('sh') as [token: string, ask: string, vmagent: string];
    const configs = of('yaml') as [first: string, second: string];
    return { node, scripts, configs };
  }

  /** The colony's id is given, because Prometheus' folder is not the project's. */
  async function shell(script: string) {
    const [colony] = await coral.json<{ colony_id: string }[]>(['colony', 'list']);
    return await spawnProcess({
      command: 'bash',
      args: [
        '-c',
        `set -eo pipefail\ncoral() { "${process.execPath}" "${coralPath}" "$@"; }\n${script}`,
      ],
      cwd: directory.path,
      env: coral.env({ CORAL_COLONY_ID: colony!.colony_id }),
    });
  }

  async function done(script: string): Promise<string> {
    const child = await shell(script);
    const { code } = await child.waitForExit({ timeoutMs: 60_000 });
    expect([code, code === 0 ? '' : child.output]).toEqual([0, '']);
    return child.stdout;
  }

  const names = async (service: string) =>
    (
      await coral.json<{ metric_name: string }[]>([
        'sql',
        `SELECT DISTINCT metric_name FROM series WHERE service_id = '${service}'`,
      ])
    ).map(({ metric_name }) => metric_name);

  it('works as it says with a token, and with less sent', async () => {
    const { node, scripts, configs } = await setUp(['--env', 'production']);
    await done(scripts[0]);
    const prometheus = await startPrometheus(directory.path, configs[0]);
    await eventually(async () => expect(await done(scripts[1])).toMatch(/^WINDOW .*\n\d/m), {
      timeoutMs: 60_000,
      intervalMs: 1_000,
    });
    // Prometheus sends what it scraped in several requests, one after the other.
    await eventually(
      async () =>
        expect(await names(`node/${node}`)).toEqual(
          expect.arrayContaining(['node_load1', 'go_goroutines', 'up']),
        ),
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    await prometheus.process.terminate();
    await startPrometheus(directory.path, configs[1]);
    await eventually(
      async () => {
        const series = await coral.json<{ metric_name: string }[]>([
          'sql',
          `SELECT metric_name FROM series WHERE attributes ->> 'cluster' = 'eu-west-1'`,
        ]);
        expect(series).toContainEqual({ metric_name: 'node_load1' });
        expect(series).not.toContainEqual({ metric_name: 'go_goroutines' });
      },
      { timeoutMs: 60_000, intervalMs: 1_000 },
    );
  }, 180_000);

  it('works as it says without a token where the colony is for development', async () => {
    const { node, configs } = await setUp(['--env', 'dev']);
    const open = configs[0].replace(/ +authorization:\n.*\n/, '');
    expect(open).not.toContain('credentials');
    await startPrometheus(directory.path, open);
    await eventually(async () => expect(await names(`node/${node}`)).toContain('node_load1'), {
      timeoutMs: 60_000,
      intervalMs: 500,
    });
  }, 120_000);

  it('works as it says with vmagent', async () => {
    const { node, scripts, configs } = await setUp(['--env', 'production']);
    await done(scripts[0]);
    await writeFile(
      join(directory.path, 'scrape.yml'),
      configs[0].slice(0, configs[0].indexOf('remote_write:')),
    );
    const temp = join(directory.path, 'queue');
    const agent = scripts[2].trim().replace('vmagent', `exec "${vmagent}"`);
    await shell(`${agent} -remoteWrite.tmpDataPath=${temp} -httpListenAddr=127.0.0.1:0`);
    await eventually(async () => expect(await names(`node/${node}`)).toContain('node_load1'), {
      timeoutMs: 60_000,
      intervalMs: 500,
    });
  }, 120_000);
});
