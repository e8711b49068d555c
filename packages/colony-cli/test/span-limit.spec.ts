import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useCoral } from './use-coral.js';

/** Requests to one service that ended at the same time. */
function exportRequest(count: number, endMs: number, firstId: number) {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: (firstId + index).toString(16).padStart(32, '0'),
    spanId: (firstId + index).toString(16).padStart(16, '0'),
    name: 'GET /',
    kind: 2,
    startTimeUnixNano: `${endMs - 5}000000`,
    endTimeUnixNano: `${endMs}000000`,
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: 'shop/api' } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
}

describe('storage.max_spans_per_hour', () => {
  const coral = useCoral();

  it('is told to senders in the partial success of their answer, and to people by one event', async () => {
    await coral.init();
    await appendFile(
      join(coral.project, '.coral', 'config.yaml'),
      'storage:\n  max_spans_per_hour: 3\n',
    );
    const { run } = await coral.start(['--no-self-metrics']);
    const endMs = Date.now();
    const send = async (count: number, firstId: number) => {
      const answer = await fetch(`http://${run.host}:${run.port}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(exportRequest(count, endMs, firstId)),
      });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    const refused = (rejectedSpans: string) => ({
      status: 200,
      partialSuccess: {
        rejectedSpans,
        errorMessage: expect.stringContaining('storage.max_spans_per_hour: 3'),
      },
    });
    expect(await send(2, 1)).toEqual({ status: 200 });
    expect(await send(3, 11)).toEqual(refused('2'));
    expect(await send(4, 21)).toEqual(refused('4'));
    expect(await coral.json(['sql', 'SELECT count(*) AS n FROM spans'])).toEqual([{ n: 3 }]);
    expect(await coral.json(['events', '--type', 'span_limit'])).toEqual([
      expect.objectContaining({ service_id: 'shop/api' }),
    ]);
  });
});
