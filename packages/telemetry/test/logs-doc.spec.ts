import { readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { decodeOtlpLogsJson, groupErrors } from '../src/index.js';

const markdown = await readFile(new URL('../docs/logs.md', import.meta.url), 'utf8');
const blocks = codeBlocks(markdown).filter(({ language }) => language === 'json');
const requests = blocks.filter(({ info }) => info === 'otlp');

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const attributes = [text('service.name', 'cart'), text('service.instance.id', 'one')];

describe('docs/logs.md', () => {
  it('follows every request with its groups and its events', () => {
    expect(blocks.map(({ info }) => info)).toEqual(
      requests.flatMap(() => ['otlp', 'groups', 'events']),
    );
    expect(requests.length).toBeGreaterThan(1);
  });

  it.each(requests)('tells the truth in line $line', (block) => {
    const request = {
      resourceLogs: [
        {
          resource: { attributes },
          scopeLogs: [{ logRecords: JSON.parse(block.code) as unknown }],
        },
      ],
    };
    const decoded = decodeOtlpLogsJson(new TextEncoder().encode(JSON.stringify(request)));
    expect(decoded.rejected).toEqual([]);
    expect(groupErrors(decoded, { nowUs: 0 })).toMatchObject(
      JSON.parse(blocks[blocks.indexOf(block) + 1]!.code) as object[],
    );
  });
});
