import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { buildProgram } from './support/build-program.js';

const hour = 3_600_000;

describe('retention under a time zone', () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('retention-cutoff');
  });

  it.each(['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'America/Los_Angeles'])(
    'counts in UTC: %s',
    async (TZ) => {
      const child = await spawnProcess({
        command: process.execPath,
        args: [program, dir.path],
        env: cleanEnv({ home: dir.path, set: { TZ } }),
      });
      expect(await child.waitForExit({ timeoutMs: 30_000 })).toEqual({ code: 0, signal: null });
      const cutoff = '2026-03-06T10:30:00.000Z';
      const oldest = '2026-03-05T08:30:00.000Z';
      const stays = [0, 1, 3.5 * hour, 14 * hour, 26 * hour];
      expect(
        child.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      ).toEqual([
        [
          [cutoff, 3, oldest],
          [cutoff, 3, oldest],
        ],
        [stays, stays],
        [-26 * hour, -14 * hour, -1, ...stays],
      ]);
    },
  );
});
