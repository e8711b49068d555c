import type { ColonyJob } from '../colony/colony-status-message.js';
import { formatAge, formatDuration } from './units.js';

/** One line about a job, for people: what it does, how its last run went, when it runs again. */
export function jobText(job: ColonyJob, nowMs: number): string {
  const ago = (time: string) => formatAge(new Date(time), nowMs);
  const again =
    job.next_run_at === null ? '' : `in ${formatDuration(Date.parse(job.next_run_at) - nowMs)}`;
  const took = job.last_duration_ms === null ? '' : ` (${formatDuration(job.last_duration_ms)})`;
  const worked = job.last_success_at === null ? '' : `worked ${ago(job.last_success_at)}`;
  const failed =
    job.failures_in_a_row === 0 || job.last_error === null
      ? ''
      : `failed ${times(job.failures_in_a_row)}: ${job.last_error.message}`;
  if (job.state === 'running') {
    const since = job.last_start_at === null ? '' : `, begun ${ago(job.last_start_at)}`;
    return `runs now${since}${failed && `; ${failed}`}`;
  }
  if (failed !== '') return `${failed}; next try ${again}${worked && `; ${worked}`}`;
  return worked === '' ? `first run ${again}` : `${worked}${took}, again ${again}`;
}

function times(failures: number): string {
  return failures === 1 ? 'once' : `${failures} times in a row`;
}
