/** The code of a file system error (`ENOENT`, …); `undefined` for anything else. */
export function errnoCode(reason: unknown): string | undefined {
  if (typeof reason !== 'object' || reason === null || !('code' in reason)) return undefined;
  return typeof reason.code === 'string' ? reason.code : undefined;
}
