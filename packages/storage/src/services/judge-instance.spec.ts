import { describe, expect, it } from '@jest/globals';
import { judgeInstance, type InstanceSaid, type InstanceState } from './judge-instance.js';

const second = 1_000_000;
const aliveUs = 300 * second;
const at = 10_000 * second;

const state = (instance: string, version: string, rest: Partial<InstanceState> = {}) => ({
  instance,
  version,
  startedUs: 0,
  newestUs: 0,
  firstSeenUs: at - 1000 * second,
  lastSeenUs: at - 10 * second,
  ...rest,
});
const said = (instance: string, version: string, rest: Partial<InstanceSaid> = {}) => ({
  instance,
  version,
  startedUs: 0,
  newestUs: 0,
  atUs: at,
  ...rest,
});
const judge = (known: InstanceState[], one: InstanceSaid, current: string) =>
  judgeInstance(known, one, current, aliveUs);
const nothing = { isStale: false };

describe('judgeInstance', () => {
  it('finds nothing in the first process of a service', () => {
    expect(judge([], said('a', '1', { startedUs: 5 * second }), '')).toEqual(nothing);
  });

  it('finds nothing in a process that goes on', () => {
    expect(judge([state('a', '1')], said('a', '1'), '1')).toEqual(nothing);
  });

  it('takes a process with another version for a deploy', () => {
    expect(judge([state('a', '1')], said('b', '2'), '1').deploy).toEqual({ from: '1', to: '2' });
    expect(judge([state('a', '1')], said('a', '2'), '1').deploy).toEqual({ from: '1', to: '2' });
  });

  it('takes further replicas of a version for no deploy', () => {
    const known = [state('a', '1'), state('b', '2')];
    expect(judge(known, said('c', '2'), '2')).toEqual(nothing);
    expect(judge(known, said('c', '1'), '2')).toEqual(nothing);
  });

  it('lets two versions run side by side without another deploy', () => {
    const known = [state('a', '1'), state('b', '2')];
    for (const [instance, version] of [
      ['a', '1'],
      ['b', '2'],
      ['a', '1'],
      ['b', '2'],
    ] as const) {
      expect(judge(known, said(instance, version), '2')).toEqual(nothing);
    }
    const silent = [state('a', '1'), state('b', '2', { lastSeenUs: at - 2 * aliveUs })];
    expect(judge(silent, said('b', '2'), '2')).toEqual(nothing);
  });

  it('takes a return to an older version for a deploy, once nobody runs it', () => {
    const known = [state('a', '1', { lastSeenUs: at - 2 * aliveUs }), state('b', '2')];
    expect(judge(known, said('c', '1'), '2').deploy).toEqual({ from: '2', to: '1' });
  });

  it('takes the same version after everybody was gone for no deploy', () => {
    const gone = { lastSeenUs: at - 2 * aliveUs };
    expect(judge([state('a', '1', gone)], said('b', '1'), '1')).toEqual(nothing);
    expect(judge([state('a', '1', gone)], said('b', '2'), '1').deploy).toEqual({
      from: '1',
      to: '2',
    });
  });

  it('counts from what runs, when the version that was deployed last does not', () => {
    const known = [state('a', '1'), state('b', '2', { lastSeenUs: at - 2 * aliveUs })];
    expect(judge(known, said('c', '3'), '2').deploy).toEqual({ from: '1', to: '3' });
    expect(judge(known, said('c', '2'), '2').deploy).toEqual({ from: '1', to: '2' });
  });

  it('takes a later start of the same process for a restart', () => {
    const known = [state('a', '1', { startedUs: 100 * second })];
    const later = said('a', '1', { startedUs: 200 * second });
    expect(judge(known, later, '1')).toEqual({
      restart: { startedUs: 200 * second },
      isStale: false,
    });
    expect(judge(known, said('a', '1', { startedUs: 101 * second }), '1')).toEqual(nothing);
    expect(judge([state('a', '1')], later, '1')).toEqual(nothing);
  });

  it('takes a restart with another version for a deploy alone', () => {
    const known = [state('a', '1', { startedUs: 100 * second })];
    expect(judge(known, said('a', '2', { startedUs: 200 * second }), '1')).toEqual({
      deploy: { from: '1', to: '2' },
      isStale: false,
    });
  });

  it('makes nothing of what comes late from a process that is gone', () => {
    const known = [state('a', '2', { startedUs: 200 * second, newestUs: 500 * second })];
    expect(judge(known, said('a', '1', { startedUs: 100 * second }), '2')).toEqual({
      isStale: true,
    });
    expect(judge(known, said('a', '1', { newestUs: 400 * second }), '2')).toEqual({
      isStale: true,
    });
  });

  it('makes no deploy where versions are not told', () => {
    expect(judge([state('a', '')], said('b', ''), '')).toEqual(nothing);
    expect(judge([state('a', '')], said('b', '1'), '')).toEqual(nothing);
    expect(judge([state('a', '1')], said('b', ''), '1')).toEqual(nothing);
  });
});
