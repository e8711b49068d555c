import { describe, expect, it } from '@jest/globals';
import { workspaceRoot } from '../workspace-files.js';
import { privatePlaces } from './private-places.js';

// Composed, so that this file does not break the rule it is about.
const path = (...words: string[]): string => ['', ...words, 'file'].join('/');

describe('privatePlaces', () => {
  it.each([
    `cd ${path('root')}`,
    `"${path('work', 'main')}"`,
    path('home', 'somebody'),
    path('Users', 'somebody'),
    `https://${['registry', 'npmjs', 'org'].join('.')}/`,
    `${workspaceRoot}/nx.json`,
  ])('finds %s', (line) => {
    expect(privatePlaces(`first\n${line}`)).toHaveLength(1);
  });

  it.each([
    '/home/alex/.coral',
    '~/.coral',
    './work/a',
    'https://a.example/home/b',
    'registry.add(x)',
  ])('lets %s stand', (line) => {
    expect(privatePlaces(line)).toEqual([]);
  });
});
