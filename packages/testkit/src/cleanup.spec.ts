import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { hasRunnerHooks, isTestRunning, onTestEnd } from './cleanup.js';

const events: string[] = [];
onTestEnd(() => events.push('file'));

afterEach(() => void events.push('hook of the spec'));
afterAll(() => {
  expect(events).not.toContain('file');
});

describe('onTestEnd', () => {
  it('knows that a test runs', () => {
    expect(hasRunnerHooks()).toBe(true);
    expect(isTestRunning()).toBe(true);
    onTestEnd(() => events.push('first registered'));
    onTestEnd(async () => events.push('last registered'));
  });

  it('has run the cleanups of the test before: newest first, after the hooks of the spec', () => {
    expect(events).toEqual(['hook of the spec', 'last registered', 'first registered']);
  });

  it('keeps the cleanups of the file until its last test is over', () => {
    expect(events).not.toContain('file');
  });
});
