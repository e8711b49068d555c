import { readFile } from 'node:fs/promises';
import { codeBlocks, onTestEnd, useTempDir } from '@coral/testkit';
import { openDatabase } from '@coral/storage';
import { decodeOtlpTracesJson } from '@coral/telemetry';
import { describe, expect, it } from '@jest/globals';

const page = new URL('../../telemetry/docs/traces.md', import.meta.url);
const blocks = codeBlocks(await readFile(page, 'utf8')).filter(
  ({ language }) => language === 'json',
);
const requests = blocks.filter(({ info }) => info === 'otlp');

interface ExampleSpan {
  readonly service: string;
}

/** An export request that has a resource for each span. */
function requestOf(spans: readonly ExampleSpan[]): Uint8Array {
  const resourceSpans = spans.map(({ service, ...span }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ spans: [span] }],
  }));
  return new TextEncoder().encode(JSON.stringify({ resourceSpans }));
}

describe('telemetry/docs/traces.md', () => {
  const dir = useTempDir();

  it('pairs every request with its tables', () => {
    expect(blocks.map(({ info }) => info)).toEqual(requests.flatMap(() => ['otlp', 'tables']));
    expect(requests.length).toBeGreaterThan(1);
  });

  it.each(requests)('tells the truth in line $line', async (block) => {
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'docs-dev',
      now: () => Date.UTC(2026, 0, 1, 0, 1),
    });
    onTestEnd(() => database.close());
    const spans = JSON.parse(block.code) as ExampleSpan[];
    const decoded = decodeOtlpTracesJson(requestOf(spans));
    expect(decoded.rejected).toEqual([]);
    await database.appendSpans(decoded.spans);
    await database.connectServices();
    await database.summarise();
    const { connections } = await database.getServiceTopology();
    const summaries = await database.listMetricSummaries();
    expect({
      connections: connections.map(
        ({ fromService, toService, protocol, connectionCount }) =>
          `${fromService} → ${toService} ${protocol} × ${connectionCount}`,
      ),
      metrics: summaries
        .map(
          ({ serviceId, metricName, count, mean }) =>
            `${serviceId} ${metricName}: ${count} of mean ${mean}`,
        )
        .sort(),
    }).toEqual(JSON.parse(blocks[blocks.indexOf(block) + 1]!.code));
  });
});
