import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';
import { Connection } from '../../src/duckdb/connection.js';
import { closeFile, openFile } from '../../src/lifecycle/open-file.js';
import { defaultOptions } from '../../src/open-options.js';
import { migrationsAndReshaping } from '../support/reshaping.js';

/**
 * Opens a file and with it upgrades it, and kills itself at one step: a statement that
 * changes something, or a change to a file. Says each step before it, and `opened` when it came through.
 *
 * Arguments: the file, the step's number from 1, `before` it or `during` it.
 */
const [path, fatalStep, when] = process.argv.slice(2) as [string, string, 'before' | 'during'];
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
      const isFatal = step === Number(fatalStep);
      if (isFatal && when === 'before') process.kill(process.pid, 'SIGKILL');
      const result = original.apply(this, values);
      // The statement runs on another thread by now.
      if (isFatal) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
      return result;
    };
  }
}
