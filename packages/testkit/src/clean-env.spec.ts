import { describe, expect, it } from '@jest/globals';
import { homedir } from 'node:os';
import { cleanEnv } from './clean-env.js';
import { onTestEnd } from './cleanup.js';
import { spawnProcess } from './spawn-process.js';
import { useTempDir } from './temp-dir.js';

describe('cleanEnv', () => {
  const dir = useTempDir();

  it('gives a child the chosen home and nothing of the developer', async () => {
    process.env['CORAL_COLONY_ID'] = 'mine-production-a3f2e1';
    onTestEnd(() => delete process.env['CORAL_COLONY_ID']);
    const child = await spawnProcess({
      command: process.execPath,
      args: ['-p', 'JSON.stringify({ home: os.homedir(), env: process.env })'],
      env: cleanEnv({ home: dir.path, set: { CORAL_PORT: '0' } }),
    });
    await child.waitForExit();
    const seen = JSON.parse(child.stdout) as { home: string; env: Record<string, string> };
    expect(seen.home).toBe(dir.path);
    expect(seen.env).toMatchObject({ CORAL_PORT: '0', PATH: process.env['PATH'] });
    expect(seen.env).not.toHaveProperty('CORAL_COLONY_ID');
    expect(seen.env).not.toHaveProperty('NODE_OPTIONS');
  });

  it('refuses the real home, and a relative one', () => {
    expect(() => cleanEnv({ home: homedir() })).toThrow(RangeError);
    expect(() => cleanEnv({ home: `${homedir()}/.` })).toThrow(RangeError);
    expect(() => cleanEnv({ home: 'home' })).toThrow(RangeError);
  });
});
