import type { Temporality } from '../points.js';

/** Meaning of AggregationTemporality's numbers; anything else says nothing. */
export function temporalityOf(number: number): Temporality {
  return number === 1 ? 'delta' : number === 2 ? 'cumulative' : 'unspecified';
}
