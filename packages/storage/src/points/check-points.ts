import { isName, isText } from '../writes/check-input.js';
import type { PointColumns, SeriesDescriptor } from './point-columns.js';

/** Why points were not stored, and how many. */
export interface RejectedPoints {
  readonly reason: string;
  readonly count: number;
}

export interface CheckPointsOptions {
  readonly nowUs: number;
  /** Points older than this are refused: their summaries can no longer be revised. µs */
  readonly acceptLateUs: number;
  /** Points further in the future than this are refused: a clock is wrong. µs */
  readonly acceptEarlyUs: number;
  /** Whether nothing can be computed anew for that time, its points being gone. µs */
  readonly isClosed: (timeUs: number) => boolean;
}

/** Which points of a batch can be stored. */
export interface CheckedPoints {
  /** One byte per point, 1 to store it. */
  readonly accept: Uint8Array;
  readonly accepted: number;
  readonly rejected: RejectedPoints[];
}

/**
 * Decides which points can be stored: pure, so that a retry of the write decides the same.
 *
 * @param knownIds numbers of the batch's series that are stored already, so that their names are good; 0: not
 */
export function checkPoints(
  points: PointColumns,
  { nowUs, acceptLateUs, acceptEarlyUs, isClosed }: CheckPointsOptions,
  knownIds?: Int32Array,
): CheckedPoints {
  const accept = new Uint8Array(points.length);
  const oldest = nowUs - acceptLateUs;
  const newest = nowUs + acceptEarlyUs;
  let tooOld = 0;
  let tooNew = 0;
  let closed = 0;
  let notFinite = 0;
  let unnamed = 0;
  const canBeNamed = points.series.map(
    (series, index) => Boolean(knownIds?.[index]) || isNamed(series),
  );
  for (let index = 0; index < points.length; index += 1) {
    const timeUs = points.timeUs[index]!;
    const isNumber = Number.isNaN(points.count[index]!);
    if (!canBeNamed[points.seriesIndex[index]!]) unnamed += 1;
    else if (!(timeUs >= oldest)) tooOld += 1;
    else if (timeUs > newest) tooNew += 1;
    else if (isClosed(timeUs)) closed += 1;
    else if (!Number.isFinite(isNumber ? points.value[index]! : points.count[index]!))
      notFinite += 1;
    else accept[index] = 1;
  }
  const seconds = (us: number) => `${us / 1_000_000} s`;
  const rejected = [
    { reason: `older than ${seconds(acceptLateUs)}`, count: tooOld },
    { reason: `more than ${seconds(acceptEarlyUs)} in the future`, count: tooNew },
    { reason: 'from a time that is closed', count: closed },
    { reason: 'not a finite number', count: notFinite },
    { reason: 'a name, unit or attribute that cannot be stored', count: unnamed },
  ].filter(({ count }) => count > 0);
  return {
    accept,
    accepted: points.length - tooOld - tooNew - closed - notFinite - unnamed,
    rejected,
  };
}

function isNamed(series: SeriesDescriptor): boolean {
  const { serviceId, metricName, unit, attributes, resource, scope } = series;
  return (
    isName(serviceId) && isName(metricName) && [unit, attributes, resource, scope].every(isText)
  );
}
