import type { DecodeLimits } from '../decode-options.js';

/** What attributes may be, for a point or for a resource. */
export interface AttributeLimits {
  readonly maxAttributes: number;
  /** UTF-16 units of a key together with its value's canonical JSON. */
  readonly maxLength: number;
  readonly maxDepth: number;
}

export function pointAttributeLimits(limits: DecodeLimits): AttributeLimits {
  return {
    maxAttributes: limits.maxAttributes,
    maxLength: limits.maxAttributeLength,
    maxDepth: limits.maxAttributeDepth,
  };
}

export function resourceAttributeLimits(limits: DecodeLimits): AttributeLimits {
  return { ...pointAttributeLimits(limits), maxLength: limits.maxResourceAttributeLength };
}
