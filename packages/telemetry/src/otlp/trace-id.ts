/** 32 hexadecimal digits of a trace id that is one: neither of another length nor all zero. */
export function traceIdOf(hex: string): string {
  return /^[\da-f]{32}$/i.test(hex) && !/^0+$/.test(hex) ? hex.toLowerCase() : '';
}
