import { describe, expect, it } from '@jest/globals';
import { wantsColor } from './palette.js';

describe('wantsColor', () => {
  it.each([
    ['on a terminal', true, {}, true, true],
    ['not in a pipe', false, {}, true, false],
    ['not against --no-color', true, {}, false, false],
    ['not against NO_COLOR', true, { NO_COLOR: '1' }, true, false],
    ['although NO_COLOR is empty', true, { NO_COLOR: '' }, true, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, true, false],
    ['in a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true, true],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR beats FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ])('%s', (_title, isTTY, env, wanted, expected) => {
    expect(wantsColor({ isTTY, env, wanted })).toBe(expected);
  });
});
