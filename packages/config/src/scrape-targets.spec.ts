import { describe, expect, it } from '@jest/globals';
import { COLONY, useConfigHome } from '../test/config-home.js';
import { explainConfig } from './explain-config.js';
import { resolveConfig } from './resolve-config.js';

describe('scrape', () => {
  const home = useConfigHome();

  it('is no target unless a file names one', async () => {
    await home.writeColony(COLONY);
    expect((await resolveConfig(home.context())).scrape).toEqual([]);
  });

  it('becomes targets, in the order of the file', async () => {
    await home.writeColony(COLONY);
    await home.writeProject(`scrape:
  - job: node
    targets: ['127.0.0.1:9100', 'db-1:9100']
    interval: 30s
    labels: { env: dev }
  - job: shop
    targets: [http://localhost:8080/internal/metrics, https://shop.example]
    interval: 5s
    path: /stats?format=prometheus
`);
    const node = { job: 'node', intervalMs: 30_000, timeoutMs: 10_000, labels: { env: 'dev' } };
    const shop = { job: 'shop', intervalMs: 5_000, timeoutMs: 5_000, labels: {} };
    expect((await resolveConfig(home.context())).scrape).toEqual([
      { ...node, instance: '127.0.0.1:9100', url: 'http://127.0.0.1:9100/metrics' },
      { ...node, instance: 'db-1:9100', url: 'http://db-1:9100/metrics' },
      { ...shop, instance: 'localhost:8080', url: 'http://localhost:8080/internal/metrics' },
      {
        ...shop,
        instance: 'shop.example:443',
        url: 'https://shop.example/stats?format=prometheus',
      },
    ]);
  });

  it('names files of secrets in the colony’s file, relative to the project', async () => {
    await home.writeColony(
      COLONY,
      `scrape:
  - { job: a, targets: ['a:1'], bearer_token_file: ~/token, timeout: 3s }
  - { job: b, targets: ['b:1'], basic_auth: { username: ann, password_file: secrets/b } }
`,
    );
    await home.writeProject(`colony_id: ${COLONY}\n`);
    expect((await resolveConfig(home.context())).scrape).toMatchObject([
      { bearerTokenFile: `${home.homeDir}/token`, timeoutMs: 3_000, intervalMs: 15_000 },
      { basicAuth: { username: 'ann', passwordFile: `${home.projectDir}/secrets/b` } },
    ]);
  });

  it('is decided as a whole by the nearest file, and explained in one line', async () => {
    await home.writeColony(COLONY, "scrape: [{ job: far, targets: ['a:1'] }]\n");
    await home.writeProject("scrape: [{ job: near, targets: ['a:1'] }]\n");
    const { scrape } = await resolveConfig(home.context());
    expect(scrape.map(({ job }) => job)).toEqual(['near']);
    const [row] = await explainConfig({ ...home.context(), key: 'scrape' });
    expect(row!.value).toBe('[{ job: near, targets: ["a:1"] }]');
  });

  it.each([
    ['scrape: node', 'scrape must be a list', 1],
    [
      "scrape:\n  - { job: a, targets: ['a:1'] }\n  - { targets: ['a:1'] }",
      'scrape.1.job must be text',
      3,
    ],
    ['scrape:\n  - { job: a }', 'scrape.0.targets must be a list of addresses', 2],
    ['scrape:\n  - { job: a, targets: [] }', 'scrape.0.targets must be', 2],
    ["scrape:\n  - { job: a, targets: ['file:///x'] }", 'not "file:///x"', 2],
    ["scrape:\n  - { job: a, targets: ['http://u:p@a/'] }", 'without user', 2],
    ["scrape:\n  - { job: a, targets: ['a:1'], interval: 15 }", 'interval must be a duration', 2],
    ["scrape:\n  - { job: a, targets: ['a:1'], interval: 0.1s }", 'at least 1s', 2],
    ["scrape:\n  - { job: a, targets: ['a:1'], path: metrics }", 'path must be a path', 2],
    ["scrape:\n  - { job: a, targets: ['a:1'], labels: { a-b: x } }", 'labels', 2],
    ["scrape:\n  - { job: a, targets: ['a:1'], labels: { a: 1 } }", 'labels', 2],
    ["scrape:\n  - { job: a, targets: ['a:1', 'http://a:1/x'] }", 'no target twice', 2],
    [
      "scrape:\n  - { job: a, tagets: ['a:1'], targets: ['a:1'] }",
      'unknown key "scrape.0.tagets"',
      2,
    ],
    [
      "scrape:\n  - { job: a, targets: ['a:1'], bearer_token_file: x }",
      "it belongs in the colony's file",
      2,
    ],
    [
      "scrape:\n  - { job: a, targets: ['a:1'], basic_auth: { username: a, password_file: b } }",
      "it belongs in the colony's file",
      2,
    ],
  ])('refuses %j in a project with its place', async (text, message, at) => {
    await home.writeColony(COLONY);
    const file = await home.writeProject(`${text}\n`);
    await expect(resolveConfig(home.context())).rejects.toMatchObject({
      message: expect.stringContaining(message),
      details: { file, line: at },
    });
  });
});
