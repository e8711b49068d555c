import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { useCoral } from './use-coral.js';
import { openSenderPage } from './use-sender-page.js';

/** Summaries come within seconds; the machine may be busy. */
const soon = { timeoutMs: 60_000, intervalMs: 1_000 };
const folder = new URL('../../../docs/senders/', import.meta.url);

describe('docs/senders/README.md', () => {
  const coral = useCoral();

  it('links every page, and is linked from the README of the repository', async () => {
    const index = await readFile(new URL('README.md', folder), 'utf8');
    const linked = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => file).sort();
    const pages = (await readdir(folder)).filter((file) => file !== 'README.md').sort();
    expect(linked).toEqual(pages);
    const readme = await readFile(new URL('../../README.md', folder), 'utf8');
    expect(readme).toContain('(docs/senders/README.md)');
  });

  it('shows the variables as they are printed', async () => {
    const page = await openSenderPage(coral, 'README.md');
    await page.startColony();
    const masked = (text: string) =>
      text.replace(/127\.0\.0\.1:\d+/g, 'colony').replace(/Bearer%20[^']+/, 'Bearer%20…');
    const [http, grpc] = (await page.shell(page.block('env', 'sh')))
      .trim()
      .split(/(?<=PROTOCOL='[\w/]+')\n/);
    expect(masked(http!)).toBe(masked(page.block('env', 'text').trim()));
    expect(grpc).toContain("PROTOCOL='grpc'");
    await page.shell('coral colony stop');
  }, 120_000);

  it('shows how a colony takes what is older than an hour', async () => {
    const page = await openSenderPage(coral, 'README.md');
    await coral.init('shop', ['--env', 'dev']);
    const ages = [30, 90, 170, 190].map((minutes) => minutes * 60_000);
    const refused = async () => {
      const { process: colony, run } = await coral.start(['--no-self-metrics']);
      const dataPoints = ages.map((age) => ({
        timeUnixNano: `${Date.now() - age}000000`,
        asDouble: 1,
      }));
      const metrics = [{ name: 'load', gauge: { dataPoints } }];
      const answer = await fetch(`http://127.0.0.1:${run.port}/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
      });
      const { partialSuccess } = (await answer.json()) as {
        partialSuccess: { rejectedDataPoints: string; errorMessage: string };
      };
      await colony.terminate();
      return partialSuccess;
    };
    expect(await refused()).toMatchObject({
      rejectedDataPoints: '3',
      errorMessage: expect.stringContaining('older than'),
    });
    await appendFile(join(coral.project, '.coral', 'config.yaml'), page.block('late', 'yaml'));
    expect(await refused()).toMatchObject({ rejectedDataPoints: '1' });
  }, 60_000);
});

describe('docs/senders/opentelemetry-node.md', () => {
  const coral = useCoral();

  it.each([
    ['http/protobuf', ''],
    ['http/json', 'json'],
    ['grpc', 'grpc'],
  ])(
    'works as it says over %s',
    async (_protocol, variant) => {
      const page = await openSenderPage(coral, 'opentelemetry-node.md');
      await page.startColony();
      await page.save('telemetry.mjs');
      await page.save('app.mjs');
      const run = page.block('run');
      const variables = 'eval "$(coral colony env)"\n';
      expect(run.startsWith(variables)).toBe(true);
      await page.shell(variant === '' ? run : run.replace(variables, () => page.block(variant)));
      await eventually(async () => {
        const shown = await page.shell(page.block('ask'));
        expect(shown).toMatch(/checkout +running +1\.4\.2|checkout/);
        expect(shown).toContain('shop.orders');
        expect(shown).toMatch(/payments/);
        expect(shown).toContain('payment of order');
      }, soon);
      const [service] = await coral.json<{ version: string }[]>(['services']);
      expect(service).toMatchObject({ id: 'checkout', version: '1.4.2' });
      await page.shell('coral colony stop');
    },
    180_000,
  );

  it('installs what its programs import, which is what was tried', async () => {
    const page = await openSenderPage(coral, 'opentelemetry-node.md');
    const installed = page.block('install').trim().split(' ').slice(2).sort();
    const imported = ['telemetry.mjs', 'app.mjs'].flatMap((title) =>
      [...page.block(title).matchAll(/from '([^']+)'/g)].map(([, name]) => name!),
    );
    expect([...new Set(imported)].sort()).toEqual(installed);
    const own = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(Object.keys(own.devDependencies)).toEqual(expect.arrayContaining(installed));
  });
});

describe('docs/senders/curl.md', () => {
  const coral = useCoral();

  it('works as it says', async () => {
    const page = await openSenderPage(coral, 'curl.md');
    await page.startColony();
    const send = (title: string) => page.shell(page.block('token') + page.block(title, 'sh'));
    for (const title of ['metric', 'log', 'span']) {
      expect([title, (await send(title)).trim()]).toEqual([title, '{}']);
    }
    expect(JSON.parse(await send('partial'))).toEqual(JSON.parse(page.block('partial', 'json')));
    await send('event');
    const request = `{"resourceMetrics":[]}`;
    const compressed = `printf '%s' '${request}' > request.json\n${page.block('compressed')}`;
    expect((await page.shell(page.block('token') + compressed)).trim()).toBe('{}');
    await eventually(async () => {
      const shown = await page.shell(page.block('ask'));
      expect(shown).toContain('backup.size');
      expect(shown).toContain('the disk of the backup server is full');
      expect(shown).toContain('deploy');
    }, soon);
    await page.shell('coral colony stop');
  }, 180_000);
});

interface ExporterConfig {
  readonly endpoint: string;
  readonly compression: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface CollectorConfig {
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly exporters: Readonly<Record<string, ExporterConfig>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
}

describe('docs/senders/collector.md', () => {
  const coral = useCoral();

  it('refers to nothing that it does not define, for every signal', async () => {
    const page = await openSenderPage(coral, 'collector.md');
    const config = parse(page.block('config.yaml')) as CollectorConfig;
    expect(Object.keys(config.service.pipelines).sort()).toEqual(['logs', 'metrics', 'traces']);
    for (const pipeline of Object.values(config.service.pipelines)) {
      for (const part of ['receivers', 'processors', 'exporters'] as const) {
        for (const name of pipeline[part]!) expect(Object.keys(config[part])).toContain(name);
      }
    }
    for (const name of config.service.extensions) {
      expect(Object.keys(config.extensions)).toContain(name);
    }
    const text = JSON.stringify(config.exporters);
    expect(Object.keys(config.extensions).every((name) => text.includes(name))).toBe(true);
  });

  it('has a colony take what its exporters send', async () => {
    const page = await openSenderPage(coral, 'collector.md');
    await page.startColony();
    const lines = `${page.block('token')}printf '%s %s' "$CORAL_TOKEN" "$CORAL_OTLP_HTTP_PORT"`;
    const [token, httpPort] = (await page.shell(lines)).split(' ') as [string, string];
    const exporterOf = (title: string) => {
      const { exporters } = parse(page.block(title)) as CollectorConfig;
      const [exporter] = Object.values(exporters);
      const text = JSON.stringify(exporter!).replaceAll('${env:CORAL_TOKEN}', token);
      return JSON.parse(text) as ExporterConfig;
    };

    const http = exporterOf('config.yaml');
    expect(http).toMatchObject({ endpoint: 'http://127.0.0.1:4318', compression: 'zstd' });
    for (const signal of ['metrics', 'traces', 'logs']) {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/${signal}`, {
        method: 'POST',
        headers: {
          ...http.headers,
          'content-type': 'application/json',
          'content-encoding': http.compression,
        },
        body: zstdFrame('{}') as never,
      });
      expect([signal, answer.status]).toEqual([signal, 200]);
    }

    const grpc = exporterOf('grpc.yaml');
    expect(grpc.endpoint).toBe('127.0.0.1:4317');
    const [[name, value]] = Object.entries(grpc.headers) as [[string, string]];
    const program = `
      import { metrics } from '@opentelemetry/api';
      import { NodeSDK } from '@opentelemetry/sdk-node';
      const sdk = new NodeSDK();
      sdk.start();
      metrics.getMeter('x').createCounter('collector.tried').add(1);
      await sdk.shutdown();`;
    await page.shell(`
      export OTEL_SERVICE_NAME=collector OTEL_EXPORTER_OTLP_PROTOCOL=grpc
      export OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$CORAL_OTLP_GRPC_PORT"
      export OTEL_EXPORTER_OTLP_COMPRESSION=${grpc.compression}
      export OTEL_EXPORTER_OTLP_HEADERS='${name}=${encodeURIComponent(value)}'
      "${process.execPath}" --input-type=module -e "${program}"`);
    expect(await page.shell('coral services')).toContain('collector');
    await page.shell('coral colony stop');
  }, 120_000);
});

/** Few bytes as a frame of Zstandard with one block that is not compressed. Source: RFC 8878. */
function zstdFrame(text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, content.length]);
  const block = Buffer.alloc(3);
  // The last block, of the raw type.
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([header, block, content]);
}
