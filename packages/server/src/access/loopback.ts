import { isIPv4 } from 'node:net';

/**
 * Tells whether an IP address as a socket reports it is this machine's loopback: 127.0.0.0/8, ::1,
 * and the IPv4 range written as IPv6 (::ffff:127.0.0.1), which dual-stack listeners report.
 */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = unmapIpv4(address);
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/** The IPv4 address inside an IPv4-mapped IPv6 one; any other address unchanged. */
export function unmapIpv4(address: string): string {
  const lower = address.toLowerCase();
  return lower.startsWith('::ffff:') && isIPv4(lower.slice(7)) ? lower.slice(7) : lower;
}
