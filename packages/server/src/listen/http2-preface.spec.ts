import { describe, expect, it } from '@jest/globals';
import { http2Preface, protocolOf } from './http2-preface.js';

describe('protocolOf', () => {
  it('knows HTTP/2 by the whole preface', () => {
    expect(protocolOf(http2Preface)).toBe('http2');
    expect(protocolOf(Buffer.concat([http2Preface, Buffer.from([0, 0, 0, 4])]))).toBe('http2');
  });

  it('waits while only part of the preface has come', () => {
    for (let length = 0; length < http2Preface.length; length++) {
      expect(protocolOf(http2Preface.subarray(0, length))).toBe('undecided');
    }
  });

  it('knows everything else by the first byte that differs', () => {
    expect(protocolOf(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('http1');
    expect(protocolOf(Buffer.from('PO'))).toBe('http1');
    expect(protocolOf(Buffer.from('PRI * HTTP/1.1\r\n'))).toBe('http1');
    expect(protocolOf(Buffer.from([0x16, 0x03, 0x01]))).toBe('http1');
  });
});
