export const windowMs = 5 * 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** How long the summariser may take with a window that is over, and points with their way. ms */
const lagMs = 60_000;

/** The end of the last 5-minute window that is over and summarised. */
export function lastWholeWindow(now: Date): Date {
  return new Date(Math.floor((now.getTime() - lagMs) / windowMs) * windowMs);
}
