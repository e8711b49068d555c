/** The field numbers of a message as a set of bits, for `WireReader.skipUnknown`. */
export function knownFields(...numbers: number[]): number {
  return numbers.reduce((bits, number) => bits | (1 << number), 0);
}
