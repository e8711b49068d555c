import { describe, expect, it } from '@jest/globals';
import { scrapeAddress } from './scrape-address.js';

describe('scrapeAddress', () => {
  it.each([
    ['127.0.0.1:9100', 'http://127.0.0.1:9100/', '127.0.0.1:9100', false],
    ['db-1', 'http://db-1/', 'db-1:80', false],
    ['[::1]:9100', 'http://[::1]:9100/', '[::1]:9100', false],
    ['https://shop.example', 'https://shop.example/', 'shop.example:443', false],
    ['https://shop.example/', 'https://shop.example/', 'shop.example:443', false],
    ['http://a:8080/q?x=1', 'http://a:8080/q?x=1', 'a:8080', true],
    ['http://a?x=1', 'http://a/?x=1', 'a:80', true],
  ])('reads %s', (text, url, instance, hasPath) => {
    const address = scrapeAddress(text)!;
    expect([address.url.href, address.instance, address.hasPath]).toEqual([url, instance, hasPath]);
  });

  it.each([
    '',
    ' a:80',
    'a:80/metrics',
    'a:port',
    'a:99999',
    'ftp://a/',
    'file:///etc/passwd',
    'http://',
    'http://user:pass@a/',
    'user@a:80',
    'http://a/#b',
    'http://a/\u0007',
  ])('refuses %j', (text) => {
    expect(scrapeAddress(text)).toBeUndefined();
  });
});
