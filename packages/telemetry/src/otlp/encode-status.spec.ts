import { describe, expect, it } from '@jest/globals';
import { encodeStatus } from './encode-status.js';

describe('encodeStatus', () => {
  it('writes code and message', () => {
    const status = { code: 3, message: 'bad' };
    expect([...encodeStatus(status, 'protobuf')]).toEqual([8, 3, 0x12, 3, 0x62, 0x61, 0x64]);
    expect(new TextDecoder().decode(encodeStatus(status, 'json'))).toBe(
      '{"code":3,"message":"bad"}',
    );
  });

  it('is empty for OK without a message', () => {
    expect(encodeStatus({ code: 0, message: '' }, 'protobuf')).toHaveLength(0);
  });

  it.each([-1, 0.5, 2 ** 31])('refuses the code %p', (code) => {
    expect(() => encodeStatus({ code, message: '' }, 'protobuf')).toThrow(RangeError);
  });
});
