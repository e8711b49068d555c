import type { CheckPointsOptions, RejectedPoints } from '../points/check-points.js';
import { isName, isText } from '../writes/check-input.js';
import type { SpanColumns } from './span-columns.js';

/**
 * Decides which spans can be stored: pure, so that a retry of the write decides the same. A span's
 * time is its end.
 *
 * Shape: `accepted` holds the indexes of those that can, ascending.
 */
export function checkSpans(
  spans: SpanColumns,
  { nowUs, acceptLateUs, acceptEarlyUs, isClosed }: CheckPointsOptions,
): { accepted: Uint32Array; rejected: RejectedPoints[] } {
  const accepted = new Uint32Array(spans.length);
  const oldest = nowUs - acceptLateUs;
  const newest = nowUs + acceptEarlyUs;
  let count = 0;
  let tooOld = 0;
  let tooNew = 0;
  let closed = 0;
  let notFinite = 0;
  let unnamed = 0;
  const canBeNamed = spans.operations.map(
    ({ serviceId, name, protocol, peer }) =>
      isName(serviceId) && [name, protocol, peer].every(isText),
  );
  for (let index = 0; index < spans.length; index += 1) {
    const timeUs = spans.endTimeUs[index]!;
    if (!canBeNamed[spans.operationIndex[index]!]) unnamed += 1;
    else if (!(timeUs >= oldest)) tooOld += 1;
    else if (timeUs > newest) tooNew += 1;
    else if (isClosed(timeUs)) closed += 1;
    else if (!Number.isFinite(spans.durationUs[index]!)) notFinite += 1;
    else {
      accepted[count] = index;
      count += 1;
    }
  }
  const seconds = (us: number) => `${us / 1_000_000} s`;
  const rejected = [
    { reason: `older than ${seconds(acceptLateUs)}`, count: tooOld },
    { reason: `more than ${seconds(acceptEarlyUs)} in the future`, count: tooNew },
    { reason: 'from a time that is closed', count: closed },
    { reason: 'not a finite duration', count: notFinite },
    { reason: 'a name that cannot be stored', count: unnamed },
  ].filter((reason) => reason.count > 0);
  return { accepted: accepted.subarray(0, count), rejected };
}
