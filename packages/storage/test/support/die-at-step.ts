import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';
import { Connection } from '../../src/duckdb/connection.js';

interface Changing {
  [name: string]: (...values: unknown[]) => unknown;
}

/**
 * Makes this process kill itself at one step: a statement that changes something, or a change to a
 * file. Says each step before it.
 *
 * @param fatalStep the step's number from 1
 */
export function dieAtStep(fatalStep: number, when: 'before' | 'during'): void {
  let step = 0;
  const watch = (of: Changing, methods: readonly string[]): void => {
    for (const method of methods) {
      const original = of[method]!;
      of[method] = function (this: unknown, ...values: unknown[]) {
        step += 1;
        writeSync(1, `${step} ${method} ${String(values[0]).trim().split('\n', 1)[0]!}\n`);
        const isFatal = step === fatalStep;
        if (isFatal && when === 'before') process.kill(process.pid, 'SIGKILL');
        const result = original.apply(this, values);
        // What it started runs on another thread by now.
        if (isFatal) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
        return result;
      };
    }
  };
  watch(fs as unknown as Changing, [
    'rename',
    'rm',
    'copyFile',
    'writeFile',
    'link',
    'truncate',
    'chmod',
  ]);
  syncBuiltinESMExports();
  watch(Connection.prototype as unknown as Changing, ['execute', 'run']);
}
