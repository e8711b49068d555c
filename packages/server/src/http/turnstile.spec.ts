import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

/** Work that ends when told to. */
function held() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { act: () => done, end: () => end() };
}

const never = new AbortController().signal;

describe('Turnstile', () => {
  it('lets as many in as it has places, and the others in order', async () => {
    const turnstile = new Turnstile(1, 10);
    const first = held();
    const order: string[] = [];
    const passes = [
      turnstile.pass(never, first.act).then(() => order.push('first')),
      turnstile.pass(never, async () => void order.push('second')),
      turnstile.pass(never, async () => void order.push('third')),
    ];
    expect(order).toEqual([]);
    first.end();
    await Promise.all(passes);
    expect(order).toEqual(expect.arrayContaining(['first', 'second', 'third']));
    expect(order.indexOf('second')).toBeLessThan(order.indexOf('third'));
  });

  it('gives the place on when what was done there fails', async () => {
    const turnstile = new Turnstile(1, 10);
    const failing = turnstile.pass(never, () => Promise.reject(new Error('no')));
    const next = turnstile.pass(never, async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
    expect(await turnstile.pass(never, async () => 'free')).toBe('free');
  });

  it('turns away whom it has no room to wait for', async () => {
    const turnstile = new Turnstile(1, 1);
    const first = held();
    const passes = [turnstile.pass(never, first.act), turnstile.pass(never, async () => undefined)];
    await expect(turnstile.pass(never, async () => undefined)).rejects.toMatchObject({
      code: 'SERVER_OVERLOADED',
    });
    first.end();
    await Promise.all(passes);
  });

  it('forgets who went away while waiting', async () => {
    const turnstile = new Turnstile(1, 10);
    const first = held();
    const inside = turnstile.pass(never, first.act);
    const controller = new AbortController();
    const gone = turnstile.pass(controller.signal, async () => 'gone');
    const next = turnstile.pass(never, async () => 'next');
    controller.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    first.end();
    expect(await next).toBe('next');
    await inside;
  });
});
