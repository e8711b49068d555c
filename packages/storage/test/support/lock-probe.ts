import { spawnProcess } from '@coral/testkit';
import { buildProgram } from './build-program.js';

/** Asks another process, started once, whether it could open a file. */
export interface LockProbe {
  /** @returns the pid that holds the file, or 'free' */
  holderOf(path: string): Promise<number | 'free'>;
}

/** Starts the probe for one test, or in `beforeAll` for a file. */
export async function startLockProbe(): Promise<LockProbe> {
  const child = await spawnProcess({
    command: process.execPath,
    args: [await buildProgram('lock-probe')],
    keepInputOpen: true,
  });
  return {
    async holderOf(path) {
      const from = child.output.length;
      child.write(`probe ${path}\n`);
      const [, answer] = await child.waitForOutput(/(?:locked (\d+)|free)\n/, { from });
      return answer === undefined ? 'free' : Number(answer);
    },
  };
}
