import { describe, expect, it } from '@jest/globals';
import { isHostAllowed } from './allowed-host.js';

const here = { localAddress: '127.0.0.1', allowedHosts: [] as string[] };

describe('isHostAllowed', () => {
  it.each([
    'localhost',
    'LocalHost:9000',
    'localhost.:9000',
    '127.0.0.1:9000',
    '127.0.0.1',
    '[::1]:9000',
    '[::1]',
  ])('takes %j', (host) => expect(isHostAllowed(host, here)).toBe(true));

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'localhost/evil',
    '10.0.0.5:9000',
    '0.0.0.0:9000',
    '[::2]:9000',
    '[::1',
    'localhost:9000:9000',
  ])('refuses %j', (host) => expect(isHostAllowed(host, here)).toBe(false));

  it('takes the address the connection came in on, and only that one', () => {
    const lan = { localAddress: '::ffff:192.168.1.7', allowedHosts: [] };
    expect(isHostAllowed('192.168.1.7:9000', lan)).toBe(true);
    expect(isHostAllowed('192.168.1.8:9000', lan)).toBe(false);
  });

  it('takes the names the operator allows, whatever their case and port', () => {
    const allowing = { ...here, allowedHosts: ['Coral.Internal'] };
    expect(isHostAllowed('coral.internal:9000', allowing)).toBe(true);
    expect(isHostAllowed('other.internal:9000', allowing)).toBe(false);
    expect(isHostAllowed('sub.coral.internal:9000', allowing)).toBe(false);
  });
});
