import { readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { decodeOtlpMetricsJson } from '../src/index.js';
import { pointsOf } from './points-of.js';

const markdown = await readFile(new URL('../docs/mapping.md', import.meta.url), 'utf8');
const blocks = codeBlocks(markdown).filter(({ language }) => language === 'json');
const requests = blocks.filter(({ info }) => info === 'otlp');

describe('docs/mapping.md', () => {
  it('pairs every request with its points', () => {
    expect(blocks.map(({ info }) => info)).toEqual(requests.flatMap(() => ['otlp', 'points']));
    expect(requests.length).toBeGreaterThan(4);
  });

  it.each(requests)('tells the truth in line $line', (block) => {
    const request = {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [JSON.parse(block.code)] }] }],
    };
    const { points, rejected } = decodeOtlpMetricsJson(
      new TextEncoder().encode(JSON.stringify(request)),
    );
    const rows = pointsOf(points).map((row, i) => ({
      ...points.series[points.seriesIndex[i]!],
      ...row,
    }));
    expect(rejected).toEqual([]);
    expect(rows).toMatchObject(JSON.parse(blocks[blocks.indexOf(block) + 1]!.code));
  });
});
