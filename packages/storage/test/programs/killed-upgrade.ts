import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '../../src/duckdb/connection.js';
import { closeFile, openFile } from '../../src/lifecycle/open-file.js';
import { defaultOptions } from '../../src/open-options.js';
import { migrationsAndReshaping } from '../support/reshaping.js';

/**
 * Opens a file and with it upgrades it. Says each step before it, a statement that changes something
 * or a change to a file, and `opened` when it came through.
 *
 * Arguments: the file; then the number, from 1, of the step in which it kills itself, or a folder that
 * gets a copy of the file's folder from before each step: nothing runs then, so it is what a kill at
 * that moment would leave.
 */
const [path, fatalStepOrCopies] = process.argv.slice(2) as [string, string];
const copies = /^\d+$/.test(fatalStepOrCopies) ? undefined : fatalStepOrCopies;
let step = 0;

interface Changing {
  [name: string]: (...values: unknown[]) => unknown;
}

const changes = ['rename', 'rm', 'copyFile', 'writeFile', 'link'];
watch(fs as unknown as Changing, changes);
syncBuiltinESMExports();
watch(Connection.prototype as unknown as Changing, ['execute', 'run']);

const file = await openFile(path, { ...defaultOptions, migrations: migrationsAndReshaping }, () =>
  Date.UTC(2026, 0, 2),
);
writeSync(1, 'opened\n');
await closeFile(file);

/** Counts the calls of these methods, and dies at the one that was asked for. */
function watch(of: Changing, methods: readonly string[]): void {
  for (const method of methods) {
    const original = of[method]!;
    of[method] = function (this: unknown, ...values: unknown[]) {
      step += 1;
      writeSync(1, `${step} ${method} ${String(values[0]).trim().split('\n', 1)[0]!}\n`);
      const isFatal = step === Number(fatalStepOrCopies);
      // By another process: to read the file in this one would drop DuckDB's lock on it.
      if (copies) execFileSync('cp', ['-a', dirname(path), `${copies}/${step}`]);
      const result = original.apply(this, values);
      // The statement runs on another thread by now.
      if (isFatal) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
      return result;
    };
  }
}
