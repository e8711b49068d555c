import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ColonyService } from '../src/index.js';
import { startColony } from './use-colony.js';

const text = readFileSync(new URL('../docs/http-api.md', import.meta.url), 'utf8');

describe('docs/http-api.md', () => {
  it('has a section for every route, and for no other', async () => {
    const colony = await startColony();
    const response = await fetch(`${colony.url}/nothing-here`);
    const { details } = (await response.json()) as { details: { routes: string[] } };
    const described = [...text.matchAll(/^## `([A-Z]+ \/[^`]*)`$/gm)].map(([, route]) => route);
    expect(described.sort()).toEqual([...details.routes].sort());
  });

  it('has a row for every method of ColonyService, and for no other', () => {
    const section = text
      .split('## `POST /coral.colony.v1.ColonyService/{Method}`')[1]!
      .split('\n## ')[0]!;
    const described = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, method]) => method);
    expect(described).toEqual(ColonyService.methods.map(({ name }) => name));
  });
});
