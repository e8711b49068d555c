import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '../../src/duckdb/connection.js';

interface Changing {
  [name: string]: (...values: unknown[]) => unknown;
}

const changes = ['rename', 'rm', 'copyFile', 'writeFile', 'link', 'truncate', 'chmod'];

/**
 * Has this process say each of its steps before it: a statement that changes something, or a change
 * to a file.
 *
 * @param fatalStepOrCopies the number, from 1, of the step in which it kills itself; or a folder that
 *   gets a copy of `folder` from before each step: nothing runs then, so it is what a kill at that
 *   moment would leave
 */
export function watchSteps(folder: string, fatalStepOrCopies: string): void {
  const copies = /^\d+$/.test(fatalStepOrCopies) ? undefined : fatalStepOrCopies;
  let step = 0;
  const watch = (of: Changing, methods: readonly string[]): void => {
    for (const method of methods) {
      const original = of[method]!;
      of[method] = function (this: unknown, ...values: unknown[]) {
        step += 1;
        writeSync(1, `${step} ${method} ${String(values[0]).trim().split('\n', 1)[0]!}\n`);
        const isFatal = step === Number(fatalStepOrCopies);
        // By another process: to read the file in this one would drop DuckDB's lock on it.
        if (copies) execFileSync('cp', ['-a', folder, path.join(copies, String(step))]);
        const result = original.apply(this, values);
        // What it started runs on another thread by now.
        if (isFatal) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
        return result;
      };
    }
  };
  watch(fs as unknown as Changing, changes);
  syncBuiltinESMExports();
  watch(Connection.prototype as unknown as Changing, ['execute', 'run']);
}
