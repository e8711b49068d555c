import { writeSync } from 'node:fs';
import { isStorageError } from '../../src/index.js';

/** Does one step of a program, and writes a line: `[step, what came of it]`, or the code of its error. */
export async function say(step: string, act: () => unknown): Promise<void> {
  let outcome: unknown;
  try {
    outcome = (await act()) ?? 'done';
  } catch (reason) {
    outcome = isStorageError(reason) ? reason.code : String(reason);
  }
  writeSync(1, `${JSON.stringify([step, outcome])}\n`);
}
