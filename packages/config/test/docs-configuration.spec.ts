import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import { checkTier } from '../src/check-tier.js';
import { conditionsOfTable } from '../src/schema/retention.js';
import { jobExpectations } from '../src/schema/scrape.js';
import { tierKeys } from '../src/schema/tier-schemas.js';
import type { FileTier } from '../src/setting-source.js';
import { SETTING_KEYS, isSettingKey, settingDefinition } from '../src/settings.js';
import { inOneLine } from '../src/in-one-line.js';
import { parseYaml } from '../src/yaml-source.js';

const text = await readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8');
const TIERS = ['project', 'colony', 'global'] as const satisfies FileTier[];

describe('docs/configuration.md', () => {
  const [, table] = /## Settings\n[^|]*((?:\|.*\n)+)/.exec(text)!;
  const rows = table!
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  it('lists exactly the settings with their defaults, variables, flags and files', () => {
    expect(rows.map(([, key, , ...rest]) => [key, ...rest.slice(0, 4)])).toEqual(
      SETTING_KEYS.map((key) => {
        const { default: fallback, variable = '', flag, tiers } = settingDefinition(key);
        return [
          key,
          fallback === undefined ? '' : String(inOneLine(fallback)),
          variable,
          flag === undefined ? '' : `--${flag.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
          tiers.map((tier) => tier[0]!.toUpperCase()).join(' '),
        ];
      }),
    );
  });

  it('says of each what it is', () => {
    for (const [, , type] of rows) expect(type).not.toBe('');
  });

  it('shows rules that a project may have', () => {
    const block = codeBlocks(text).find(({ info }) => info === 'title=rules')!;
    const source = parseYaml(block.code, { file: 'project.yaml', secret: false });
    expect(() => checkTier(source, 'project')).not.toThrow();
  });

  it('shows what a project may scrape, and lists every key of it', () => {
    const block = codeBlocks(text).find(({ info }) => info === 'title=scrape')!;
    const source = parseYaml(block.code, { file: 'project.yaml', secret: false });
    expect(() => checkTier(source, 'project')).not.toThrow();
    const [, table] = /## What the colony scrapes[^|]*((?:\|.*\n)+)/.exec(text)!;
    const keys = [...table!.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
    expect(keys).toEqual(Object.keys(jobExpectations).filter((key) => key !== ''));
  });

  it('lists the conditions of each table', () => {
    const [, conditions] = /conditions of a rule[^\n]*\n[^\n]*\n((?:\|.*\n)+)/.exec(text)!;
    const listed = conditions!
      .trim()
      .split('\n')
      .map((line) => [...line.matchAll(/`(\w+)`/g)].map(([, word]) => word!).slice(0, -1));
    expect(listed.map(([table, ...names]) => [table, [...names].sort()])).toEqual(
      Object.entries(conditionsOfTable).map(([table, names]) => [table, [...names].sort()]),
    );
  });

  it.each(TIERS)('shows a valid %s file with every key it may hold', (tier) => {
    const block = codeBlocks(text).find(({ info }) => info === `title=${tier}`)!;
    const source = parseYaml(block.code, { file: `${tier}.yaml`, secret: false });
    expect(() => checkTier(source, tier)).not.toThrow();
    const bothSpellings = new Set(tier === 'colony' ? ['storage.path'] : []);
    expect(leafKeys(source.data)).toEqual(tierKeys(tier).filter((key) => !bothSpellings.has(key)));
  });
});

describe('the schemas', () => {
  it.each(TIERS)('of the %s file agree with the list of settings', (tier) => {
    const spellings: Record<string, string> = { default_colony: 'colony_id' };
    const identity = tier === 'colony' ? ['colony_id', 'storage_path'] : [];
    const inFile = tierKeys(tier).filter((key) => !identity.includes(key));
    expect(inFile.map((key) => spellings[key] ?? key)).toEqual(
      SETTING_KEYS.filter((key) => settingDefinition(key).tiers.includes(tier)),
    );
  });
});

function leafKeys(data: unknown, prefix = ''): string[] {
  const key = prefix.slice(0, -1);
  if (typeof data !== 'object' || data === null || isSettingKey(key)) return [key];
  return Object.entries(data).flatMap(([key, inner]) => leafKeys(inner, `${prefix}${key}.`));
}
