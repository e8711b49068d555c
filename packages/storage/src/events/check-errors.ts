import type { RejectedPoints } from '../points/check-points.js';
import { canBeStored, type LoggedErrors } from './logged-errors.js';

export interface CheckErrorsOptions {
  readonly nowUs: number;
  /** Errors older than this are refused. µs */
  readonly acceptLateUs: number;
  /** Errors further in the future than this are refused: a clock is wrong. µs */
  readonly acceptEarlyUs: number;
}

/** Decides which errors can be counted, by the rules that points follow. Counts are of records. */
export function checkErrors(
  errors: readonly LoggedErrors[],
  { nowUs, acceptLateUs, acceptEarlyUs }: CheckErrorsOptions,
): { accept: LoggedErrors[]; accepted: number; rejected: RejectedPoints[] } {
  const accept: LoggedErrors[] = [];
  const counts = { accepted: 0, unnamed: 0, tooOld: 0, tooNew: 0 };
  for (const group of errors) {
    if (!canBeStored(group)) counts.unnamed += group.count;
    else if (group.lastUs < nowUs - acceptLateUs) counts.tooOld += group.count;
    else if (group.firstUs > nowUs + acceptEarlyUs) counts.tooNew += group.count;
    else {
      accept.push(group);
      counts.accepted += group.count;
    }
  }
  const seconds = (us: number) => `${us / 1_000_000} s`;
  const rejected = [
    { reason: `older than ${seconds(acceptLateUs)}`, count: counts.tooOld },
    { reason: `more than ${seconds(acceptEarlyUs)} in the future`, count: counts.tooNew },
    { reason: 'a name or text that cannot be stored', count: counts.unnamed },
  ].filter(({ count }) => count > 0);
  return { accept, accepted: counts.accepted, rejected };
}
