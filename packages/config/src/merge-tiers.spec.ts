import { describe, expect, it } from '@jest/globals';
import { mergeTiers, mergedValue } from './merge-tiers.js';
import type { SettingCandidate, SettingLayer } from './merge-tiers.js';
import type { SettingKey } from './settings.js';

const layer = (entries: [SettingKey, SettingCandidate][]): SettingLayer => new Map(entries);
const flag = (value: number): SettingCandidate => ({
  value,
  source: { tier: 'flag', flag: '--port' },
});
const fallback = (value: string | number): SettingCandidate => ({
  value,
  source: { tier: 'default' },
});

describe('mergeTiers', () => {
  it('takes the first layer that names a setting and keeps what that hides, in order', () => {
    const [one, two, three] = [flag(1), flag(2), fallback(3)];
    const merged = mergeTiers([
      layer([['server.port', one]]),
      layer([['server.port', two]]),
      layer([['server.port', three]]),
    ]);
    expect(merged.get('server.port')).toEqual({ ...one, overrode: [two, three] });
  });

  it('decides settings of one section one by one', () => {
    const merged = mergeTiers([
      layer([['server.port', flag(1)]]),
      layer([
        ['server.port', fallback(9000)],
        ['server.host', fallback('127.0.0.1')],
      ]),
    ]);
    expect(mergedValue(merged, 'server.port')).toBe(1);
    expect(mergedValue(merged, 'server.host')).toBe('127.0.0.1');
  });

  it('lets zero and false count as values', () => {
    const merged = mergeTiers([
      layer([['server.port', flag(0)]]),
      layer([['server.port', fallback(9000)]]),
    ]);
    expect(mergedValue(merged, 'server.port')).toBe(0);
  });

  it('has nothing for a setting that nobody names', () => {
    expect(mergedValue(mergeTiers([]), 'server.port')).toBeUndefined();
  });
});
