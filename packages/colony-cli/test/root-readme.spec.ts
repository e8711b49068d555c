import { describe, expect, it } from '@jest/globals';
import {
  cleanEnv,
  codeBlocks,
  eventually,
  freePort,
  spawnProcess,
  useTempDir,
} from '@coral/testkit';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The README.md of the repository, not of this package. */
async function readme(): Promise<string> {
  return readFile(path.join(root, 'README.md'), 'utf8');
}

describe('README.md of the repository', () => {
  const dir = useTempDir();

  it('shows a colony in five minutes that works as shown', async () => {
    const [, chapter] = (await readme()).split('## Five minutes with a colony');
    const blocks = codeBlocks(chapter!.split('\n## ')[0]!).map(({ code }) => code);
    const [alias, start, ...rest] = blocks as [string, string, ...string[]];
    const stop = rest.pop()!;
    const env = cleanEnv({
      home: dir.path,
      set: {
        CORAL_PORT: String(await freePort()),
        CORAL_OTLP_HTTP_PORT: String(await freePort()),
        CORAL_OTLP_GRPC_PORT: String(await freePort()),
      },
    });
    const shell = async (script: string) => {
      const child = await spawnProcess({
        command: 'bash',
        args: [
          '-c',
          `set -eo pipefail; shopt -s expand_aliases\ncd ${root}\n${alias}\ncd ${dir.path}\n${script}`,
        ],
        env,
        cwd: dir.path,
      });
      const { code } = await child.waitForExit({ timeoutMs: 60_000 });
      expect({ code, stderr: code === 0 ? '' : child.output }).toEqual({ code: 0, stderr: '' });
      return child.stdout;
    };

    const started = await shell(start);
    expect(started).toMatch(/running/i);
    try {
      const answers = await shell(rest.join('\n'));
      expect(answers).toContain('checkout');
      expect(answers).toContain('deploy');
      expect(answers).toContain('1.4.2');
      await eventually(
        async () => {
          const metrics = JSON.parse(await shell('coral metrics --json')) as {
            metric_name?: string;
          }[];
          expect(JSON.stringify(metrics)).toContain('queue.length');
          expect(JSON.stringify(metrics)).toContain('coral-colony');
        },
        { timeoutMs: 40_000, intervalMs: 1_000 },
      );
    } finally {
      expect(await shell(stop)).toContain('metric_summaries');
    }
  }, 180_000);

  it('shows the library as its own README does, where a spec runs it', async () => {
    const [example] = codeBlocks((await readme()).split('## The library in five lines')[1]!);
    const own = await readFile(path.join(root, 'packages', 'storage', 'README.md'), 'utf8');
    expect(codeBlocks(own).map(({ code }) => code)).toContain(example!.code);
  });
});
