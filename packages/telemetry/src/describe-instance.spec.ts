import { describe, expect, it } from '@jest/globals';
import { describeInstance } from './describe-instance.js';
import { describeResource } from './describe-resource.js';

const of = (attributes: Parameters<typeof describeResource>[0]) =>
  describeInstance(describeResource(attributes));

describe('describeInstance', () => {
  it('takes the id that the process has', () => {
    const attributes = { 'service.instance.id': 'one', 'host.name': 'a', 'process.pid': 17 };
    expect(of(attributes)).toEqual({ instance: 'one', startedUs: 0 });
  });

  it('tells processes apart by what there is otherwise', () => {
    const attributes = { 'host.name': 'a', 'process.pid': 17, 'service.version': '1.2' };
    expect(of(attributes).instance).toBe('a 17 1.2');
    expect(of({ 'host.name': 'a' }).instance).toBe('a');
    expect(of({}).instance).toBe('');
  });

  it('reads when the process started, in either form', () => {
    const us = Date.UTC(2026, 0, 1) * 1000;
    expect(of({ 'process.creation.time': '2026-01-01T00:00:00Z' }).startedUs).toBe(us);
    expect(of({ 'process.start_time': us / 1e6 }).startedUs).toBe(us);
    expect(of({ 'process.start_time': 'yesterday' }).startedUs).toBe(0);
    expect(of({ 'process.start_time': -5 }).startedUs).toBe(0);
  });

  it('is bounded, and without what no database takes', () => {
    expect(of({ 'service.instance.id': `a\0${'x'.repeat(9999)}` }).instance).toBe(
      `a ${'x'.repeat(253)}`,
    );
  });
});
