import { describe, expect, it } from '@jest/globals';
import { format, inspect } from 'node:util';
import { Secret } from './secret.js';

describe('Secret', () => {
  const secret = new Secret('hunter2hunter2');

  it('gives its value when asked', () => {
    expect(secret.reveal()).toBe('hunter2hunter2');
  });

  it.each([
    ['text', (value: unknown) => String(value)],
    ['a template', (value: unknown) => `${value as string}`],
    ['JSON', (value: unknown) => JSON.stringify({ value })],
    ['inspection', (value: unknown) => inspect({ value }, { showHidden: true, depth: 9 })],
    ['a format', (value: unknown) => format('%o %s %j', value, value, value)],
    ['its properties', (value: unknown) => JSON.stringify({ ...(value as object) })],
  ])('does not show it as %s', (_what, show) => {
    expect(show(secret)).not.toContain('hunter2');
  });
});
