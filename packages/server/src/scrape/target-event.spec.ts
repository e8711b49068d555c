import { describe, expect, it } from '@jest/globals';
import { targetEventType } from './target-event.js';

describe('targetEventType', () => {
  it.each([
    [undefined, 'up', undefined],
    [undefined, 'down', 'target_down'],
    ['up', 'up', undefined],
    ['up', 'down', 'target_down'],
    ['down', 'down', undefined],
    ['down', 'up', 'target_up'],
  ] as const)('after %s, %s makes %s', (before, now, event) => {
    expect(targetEventType(before, now)).toBe(event);
  });
});
