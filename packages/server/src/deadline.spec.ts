import { describe, expect, it } from '@jest/globals';
import { withDeadline } from './deadline.js';

const forever = new Promise<never>(() => undefined);

describe('withDeadline', () => {
  it('gives what the work gives, or throws what it throws', async () => {
    expect(await withDeadline(Promise.resolve(7), 1_000, 'It')).toBe(7);
    await expect(withDeadline(Promise.reject(new Error('no')), 1_000, 'It')).rejects.toThrow('no');
  });

  it('gives up when the work takes longer', async () => {
    await expect(withDeadline(forever, 5, 'It')).rejects.toMatchObject({
      code: 'SERVER_DEADLINE_EXCEEDED',
      message: 'It took longer than 5 ms.',
    });
  });

  it('gives up when its caller does, also when that was before', async () => {
    const controller = new AbortController();
    const waiting = withDeadline(forever, 60_000, 'It', controller.signal);
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(withDeadline(forever, 60_000, 'It', controller.signal)).rejects.toThrow('left');
  });
});
