import type { TaskOptions } from '../progress.js';

/** One kind of background work of the store. */
export interface MaintenanceJob {
  readonly name: string;
  /** Does what is due. @returns figures worth reporting */
  readonly run: (options: TaskOptions) => Promise<object>;
}

/** What one job did: its own figures beside the name and the time it took. */
export interface JobReport {
  readonly name: string;
  readonly durationMs: number;
  readonly [figure: string]: unknown;
}

/** What {@link maintain} did. */
export interface MaintenanceReport {
  /** In the order they ran. */
  readonly jobs: readonly JobReport[];
}

/** Runs all jobs in order; one that fails ends the run, and what the earlier ones did stays done. */
export async function maintain(
  jobs: readonly MaintenanceJob[],
  options: TaskOptions,
): Promise<MaintenanceReport> {
  const reports: JobReport[] = [];
  for (const { name, run } of jobs) {
    const startedAt = performance.now();
    const figures = await run(options);
    reports.push({ ...figures, name, durationMs: performance.now() - startedAt });
  }
  return { jobs: reports };
}
