import type { DecodeLimits } from '../../decode-options.js';
import { limitExceeded } from '../../decode-options.js';
import { TelemetryError } from '../../telemetry-error.js';

/**
 * Parses a request in JSON, of whatever signal, unless it is larger than the limits allow.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED`, `TELEMETRY_LIMIT`
 */
export function parseJsonRequest(bytes: Uint8Array, limits: DecodeLimits): unknown {
  if (bytes.length > limits.maxJsonBytes) throw limitExceeded('maxJsonBytes', limits.maxJsonBytes);
  if (countValues(bytes) > limits.maxJsonValues) {
    throw limitExceeded('maxJsonValues', limits.maxJsonValues);
  }
  return parse(bytes);
}

/**
 * Opening brackets and commas: about as many as the values that the document is parsed into, each
 * of which may take dozens of bytes. Those within texts are counted as well, which does not matter.
 */
function countValues(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TelemetryError(
      'TELEMETRY_MALFORMED',
      `The request is not JSON in UTF-8: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Check that it was sent completely, and with the right Content-Type.',
      {},
      { cause },
    );
  }
}
