import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { closeFile, openFile } from '../../src/lifecycle/open-file.js';
import { defaultOptions } from '../../src/open-options.js';
import { migrationsAndReshaping } from '../support/reshaping.js';
import { watchSteps } from '../support/watch-steps.js';

/**
 * Opens a file and with it upgrades it. Says each step before it, and `opened` when it came through.
 *
 * Arguments: the file; then what {@link watchSteps} takes, for the file's folder.
 */
const [path, fatalStepOrCopies] = process.argv.slice(2) as [string, string];

watchSteps(dirname(path), fatalStepOrCopies);
const file = await openFile(path, { ...defaultOptions, migrations: migrationsAndReshaping }, () =>
  Date.UTC(2026, 0, 2),
);
writeSync(1, 'opened\n');
await closeFile(file);
