/** What the writer does, and what the oracle expects to find of it. */
export type Write =
  | { readonly kind: VersionedKind; readonly key: string; readonly version: number }
  | { readonly kind: OnceKind; readonly key: string };

/** One row that is written again and again; it holds the version written last. */
export const versionedKinds = ['heartbeat', 'summary', 'baseline', 'connection'] as const;
export type VersionedKind = (typeof versionedKinds)[number];

/**
 * A row, or ten points, written once; their keys are `{kind}-{run}-{number}`. `expendable` events are
 * old enough for retention, and come back from its trash.
 */
export const onceKinds = ['event', 'expendable', 'insight', 'delete', 'points'] as const;
export type OnceKind = (typeof onceKinds)[number];
