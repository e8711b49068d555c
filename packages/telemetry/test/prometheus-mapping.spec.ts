import { readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { RemoteWriteDecoder } from '../src/index.js';
import { pointsOf } from './points-of.js';
import { sampleBytes, timeSeriesBytes, writeRequest } from './remote-write-bytes.js';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | string;
  readonly timeMs: number;
}

const markdown = await readFile(new URL('../docs/prometheus.md', import.meta.url), 'utf8');
const blocks = codeBlocks(markdown).filter(({ language }) => language === 'json');
const examples = blocks.filter(({ info }) => info === 'samples');

describe('docs/prometheus.md', () => {
  it('pairs samples with their points', () => {
    expect(blocks.map(({ info }) => info)).toEqual(examples.flatMap(() => ['samples', 'points']));
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)('tells the truth in line $line', (block) => {
    const samples = JSON.parse(block.code) as Sample[];
    const { points, rejected } = new RemoteWriteDecoder().decode(
      writeRequest(
        ...samples.map(({ labels, value, timeMs }) =>
          timeSeriesBytes(labels, sampleBytes(Number(value), timeMs)),
        ),
      ),
    );
    const rows = pointsOf(points).map((row, i) => ({
      ...points.series[points.seriesIndex[i]!],
      ...row,
    }));
    expect(rejected).toEqual([]);
    expect(rows).toMatchObject(JSON.parse(blocks[blocks.indexOf(block) + 1]!.code));
  });
});
