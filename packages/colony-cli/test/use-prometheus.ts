import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually, findPeer, freePort, onTestEnd, spawnProcess } from '@coral/testkit';
import type { ProcessHarness } from '@coral/testkit';

/** Paths of the real programs; undefined where they are absent. */
export const peers = {
  prometheus: findPeer('prometheus'),
  nodeExporter: findPeer('prometheus-node-exporter'),
};

/** A running Prometheus. */
export interface RunningPrometheus {
  readonly process: ProcessHarness;
  readonly url: string;
  /** The result of an instant query: labels and value of each series. */
  query(promql: string, timeS?: number): Promise<PromSample[]>;
}

/** One series of an instant query's result. */
export interface PromSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Starts the real Prometheus on a configuration and waits until it is ready. Started again in the
 * same directory it goes on with the same data.
 */
export async function startPrometheus(directory: string, yaml: string): Promise<RunningPrometheus> {
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, yaml);
  const port = await freePort();
  const process = await spawnProcess({
    command: peers.prometheus!,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.remote.flush-deadline=5s',
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(
    async () => {
      const { status } = await fetch(`${url}/-/ready`);
      if (status !== 200) throw new Error(`not ready: ${status}\n${process.output}`);
    },
    { timeoutMs: 20_000 },
  );
  return { process, url, query: (promql, timeS) => query(url, promql, timeS) };
}

async function query(url: string, promql: string, timeS?: number): Promise<PromSample[]> {
  const parameters = new URLSearchParams({
    query: promql,
    ...(timeS === undefined ? {} : { time: String(timeS) }),
  });
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  const { status, data, error } = (await response.json()) as {
    status: string;
    error?: string;
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (status !== 'success') throw new Error(`${promql}: ${error}`);
  return data!.result.map(({ metric, value }) => ({ labels: metric, value: promNumber(value[1]) }));
}

function promNumber(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

/** Starts the real node exporter; `host:port` of it. */
export async function startNodeExporter(): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const exporter = await spawnProcess({
    command: peers.nodeExporter!,
    args: [`--web.listen-address=${address}`],
  });
  await exporter.waitForOutput(/Listening on|TLS is disabled/);
  return address;
}

/** A small instrumented service; its text is asked for with every scrape, and who it is for. */
export async function startTarget(text: (userAgent: string) => string): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(text(request.headers['user-agent'] ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
