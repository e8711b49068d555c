// docs/what-is-kept.md: its periods are those that a colony has without any configuration.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { codeBlocks } from '@coral/testkit';
import { useCoral } from './use-coral.js';

const page = () => readFile(new URL('../../../docs/what-is-kept.md', import.meta.url), 'utf8');

describe('docs/what-is-kept.md', () => {
  const coral = useCoral();

  it('tells the defaults of the configuration, all of them', async () => {
    await coral.init();
    const explained = await coral.json<{ key: string; value: string | null }[]>([
      'config',
      'explain',
    ]);
    const told = new Map(
      (await page()).split('\n').flatMap((line): [string, string][] => {
        const [, , kept, where] = line.split('|').map((cell) => cell.trim());
        const key = /`((?:storage|backup)\.[\w.]+)`/.exec(where ?? '')?.[1];
        return key === undefined ? [] : [[key, kept!.replaceAll('`', '')]];
      }),
    );
    const defaults = explained
      .filter(
        ({ key, value }) =>
          value !== null && (/^storage\.(retention\.|trash$)/.test(key) || key === 'backup.keep'),
      )
      .flatMap(({ key, value }): [string, string][] =>
        value!.startsWith('{')
          ? [...value!.matchAll(/(\w+): (\w+)/g)].map(([, part, kept]) => [
              `${key}.${part!}`,
              kept!,
            ])
          : [[key, value!]],
      );
    expect(new Map(defaults)).toEqual(told);
    const valueOf = (name: string) => explained.find(({ key }) => key === name)?.value;
    expect(await page()).toContain(`\`${valueOf('storage.min_free_disk')}\` free`);
    expect(await page()).toContain(
      `After ${valueOf('storage.hot_window')!.replace('h', ' hours')} (\`storage.hot_window\`)`,
    );
    expect(valueOf('storage.max_size')).toBeNull();
  });

  it('shows how to look at it by commands that work', async () => {
    const colonyId = await coral.init();
    const { openDatabase } = await import('@coral/storage');
    await (await openDatabase({ storagePath: join(coral.project, '.coral'), colonyId })).close();
    const commands = codeBlocks(await page())
      .flatMap(({ code }) => code.trim().split('\n'))
      .map((line) => /^coral ([^"]*)(?:"(.*)")?$/.exec(line)!);
    expect(commands.length).toBeGreaterThan(3);
    for (const [line, words, sql] of commands) {
      const args = words!.trim().split(' ');
      const { code, stderr } = await coral.run(sql === undefined ? args : [...args, sql]);
      // The colony of this test is stopped, which is what its status says by 3.
      expect([line, code, stderr]).toEqual([line, words!.trim() === 'status' ? 3 : 0, stderr]);
    }
  }, 60_000);
});
