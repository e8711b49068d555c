import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { isProcessRunning } from './is-process-running.js';
import { spawnProcess } from './spawn-process.js';

describe('isProcessRunning', () => {
  it('is true for this process and for a child until it ends', async () => {
    expect(isProcessRunning(process.pid)).toBe(true);
    const child = await spawnProcess({ command: 'sleep', args: ['60'] });
    expect(isProcessRunning(child.pid)).toBe(true);
    await child.kill9();
    expect(isProcessRunning(child.pid)).toBe(false);
  });

  it('is true for a process of somebody else', () => {
    expect(isProcessRunning(1)).toBe(true);
  });

  it('is false for a zombie', async () => {
    if (process.platform !== 'linux') return;
    // The child ends after the shell has become a program that never collects children.
    const parent = await spawnProcess({
      command: 'sh',
      args: ['-c', 'sleep 0.2 & echo pid $!; exec sleep 60'],
    });
    const pid = Number((await parent.waitForOutput(/pid (\d+)\n/))[1]);
    await eventually(() => !isProcessRunning(pid));
    expect(process.kill(pid, 0)).toBe(true);
  });
});
