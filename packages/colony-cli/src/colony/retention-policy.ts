import type { ResolvedConfig } from '@coral/config';

/** The retention that the files say now, as the tasks take it. */
export function retentionPolicyInput({ storage }: ResolvedConfig): {
  readonly rules: readonly object[];
  readonly trash_ms: number;
} {
  return {
    rules: storage.retention.map(({ eventType, keepMs, ...rule }) => ({
      ...rule,
      ...(eventType === undefined ? {} : { event_type: eventType }),
      ...(keepMs === undefined ? {} : { keep_ms: keepMs }),
    })),
    trash_ms: storage.trashMs,
  };
}
