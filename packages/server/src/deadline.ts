import { ServerError } from './errors.js';

/**
 * Waits for a promise no longer than `timeoutMs`, and no longer than its caller does. What it stands
 * for goes on; its later failure is nobody's any more.
 *
 * @param signal the caller's: its reason is thrown when it fires
 * @throws {ServerError} `SERVER_DEADLINE_EXCEEDED`
 */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new ServerError('SERVER_DEADLINE_EXCEEDED', `${what} took longer than ${timeoutMs} ms.`, {
          details: { timeoutMs },
        }),
      );
    }, timeoutMs);
    onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}
