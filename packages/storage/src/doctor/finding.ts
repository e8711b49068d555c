/** What is looked at, in the order of the report. */
export const doctorChecks = [
  'lock',
  'disk',
  'permissions',
  'log',
  'upgrade',
  'backup',
  'open',
  'schema',
  'indexes',
  'clock',
] as const;
export type DoctorCheck = (typeof doctorChecks)[number];

/** What one check found. */
export interface Finding {
  readonly check: DoctorCheck;
  /** `warning`: it works, and something is to be done. `error`: it does not, or soon will not. */
  readonly severity: 'ok' | 'warning' | 'error';
  /** The fact, with its figures. */
  readonly message: string;
  /** The command that mends it. Absent when nothing is wrong. */
  readonly remedy?: string;
}

/** What the checks need to know beside the file itself. */
export interface DoctorOptions {
  /** Where backups of this colony are written; absent: nowhere regularly. */
  readonly backupFolder?: string | undefined;
  /** How old the newest backup may be; default 2 days. ms */
  readonly maxBackupAgeMs?: number | undefined;
  /** Files that nobody but their owner may read, such as the colony's secret. */
  readonly privateFiles?: readonly string[] | undefined;
}
