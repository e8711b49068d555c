import { readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { ExpositionTarget, parseExposition } from '../src/index.js';
import { pointsOf } from './points-of.js';

const markdown = await readFile(new URL('../docs/scraping.md', import.meta.url), 'utf8');
const blocks = codeBlocks(markdown);
const texts = blocks.filter(({ language }) => language === 'text');

describe('docs/scraping.md', () => {
  it('pairs every text with its points', () => {
    expect(blocks.map(({ language }) => language)).toEqual(texts.flatMap(() => ['text', 'json']));
    expect(texts.length).toBeGreaterThan(3);
  });

  it.each(texts)('tells the truth in line $line', (block) => {
    const { points, rejected } = parseExposition(new TextEncoder().encode(block.code), {
      target: new ExpositionTarget({ labels: { job: 'shop', instance: '127.0.0.1:8080' } }),
      format: block.info === 'openmetrics' ? 'openmetrics' : 'text',
      timeUs: Date.UTC(2026, 0, 1) * 1_000,
    });
    const rows = pointsOf(points).map((row, i) => ({
      ...points.series[points.seriesIndex[i]!],
      ...row,
    }));
    expect(rejected).toEqual([]);
    expect(rows).toMatchObject(JSON.parse(blocks[blocks.indexOf(block) + 1]!.code));
  });
});
