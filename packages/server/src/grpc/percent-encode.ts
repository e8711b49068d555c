/** Longest `grpc-message`, in characters as sent: all header fields together have 16 KiB or less. */
const maxMessageLength = 2_048;

/**
 * A status message as `grpc-message` carries it: UTF-8 with everything but printable ASCII, and `%`,
 * as `%XX`. A very long one is cut.
 *
 * Source: gRPC over HTTP/2, Responses, Percent-Encoded.
 */
export function percentEncode(message: string): string {
  let encoded = '';
  // By characters, so that a cut leaves no half of one.
  for (const character of message) {
    const printable = character >= ' ' && character <= '~' && character !== '%';
    const next = printable
      ? character
      : [...Buffer.from(character, 'utf8')]
          .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
          .join('');
    if (encoded.length + next.length > maxMessageLength) break;
    encoded += next;
  }
  return encoded;
}
