import { describe, expect, it, jest } from '@jest/globals';
import { onTestEnd } from './cleanup.js';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('gives the first value that is not false', async () => {
    const answers = [false, false, 'ready'] as const;
    let calls = 0;
    await expect(eventually(() => answers[calls++]!, { intervalMs: 1 })).resolves.toBe('ready');
    expect(calls).toBe(3);
  });

  it('takes undefined for success, so that assertions can be passed', async () => {
    let value = 0;
    await eventually(() => expect(++value).toBe(3), { intervalMs: 1 });
    expect(value).toBe(3);
  });

  it('waits for promises', async () => {
    await expect(eventually(async () => 0)).resolves.toBe(0);
  });

  it('says what the last attempt threw', async () => {
    const cause = new Error('port closed');
    const failed = eventually(() => Promise.reject(cause), { timeoutMs: 5, intervalMs: 1 });
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining('port closed'),
      cause,
    });
  });

  it('tries at least once, however short the time', async () => {
    await expect(eventually(() => 'now', { timeoutMs: 0 })).resolves.toBe('now');
    await expect(eventually(() => false, { timeoutMs: 0 })).rejects.toThrow('returns false');
  });

  it('uses real time while timers are faked', async () => {
    jest.useFakeTimers();
    onTestEnd(() => jest.useRealTimers());
    let calls = 0;
    await eventually(() => ++calls === 3, { intervalMs: 1 });
    expect(calls).toBe(3);
  });
});
