/**
 * What every HTTP/2 connection without TLS begins with.
 * Source: RFC 9113 §3.4.
 */
export const http2Preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/**
 * Tells from a connection's first bytes which protocol it speaks.
 *
 * Shape: `undecided` while the bytes are a proper beginning of the preface and more must be awaited.
 * No HTTP/1 request can be one: "PRI" is reserved as a method.
 */
export function protocolOf(firstBytes: Buffer): 'http1' | 'http2' | 'undecided' {
  const compared = Math.min(firstBytes.length, http2Preface.length);
  if (firstBytes.compare(http2Preface, 0, compared, 0, compared) !== 0) return 'http1';
  return compared === http2Preface.length ? 'http2' : 'undecided';
}
