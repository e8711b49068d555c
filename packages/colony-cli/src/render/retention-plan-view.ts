import type { RowsView } from './render.js';
import { formatBytes, formatDuration, formatTime } from './units.js';

/** What one rule would delete. */
export interface RetentionPlanRow {
  readonly rule: string;
  readonly keep_ms: number | null;
  readonly cutoff: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly oldest: string | null;
}

/** What the task `retention-plan` answers. */
export interface RetentionPlanAnswer {
  readonly rows: number;
  readonly bytes: number;
  readonly rules: readonly RetentionPlanRow[];
}

/** A plan as rows, one per rule. */
export function retentionPlanView({ rules }: RetentionPlanAnswer): RowsView<RetentionPlanRow> {
  return {
    rows: rules,
    columns: [
      { header: 'RULE', text: ({ rule }) => rule },
      {
        header: 'KEEP',
        text: ({ keep_ms: keepMs }) => (keepMs === null ? 'forever' : formatDuration(keepMs)),
      },
      { header: 'OLDER THAN', text: ({ cutoff }) => timeText(cutoff) },
      { header: 'ROWS', text: ({ rows }) => String(rows), align: 'right' },
      {
        header: 'SIZE',
        text: ({ rows, bytes }) => (rows === 0 ? '' : `~${formatBytes(bytes)}`),
        align: 'right',
      },
      { header: 'OLDEST', text: ({ oldest }) => timeText(oldest) },
    ],
    json: (row) => ({ ...row }),
    empty: 'Nothing is deleted by age.',
  };
}

function timeText(time: string | null): string {
  return time === null ? '' : formatTime(new Date(time));
}
