import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { reportApi } from './report-api.mjs';

const UPDATE_HINT =
  'Read the change; if it is meant, run `npm run api:update` and commit the file.';

const [mode] = process.argv.slice(2);
if (mode !== '--check' && mode !== '--update') {
  process.stderr.write('usage: node main.mjs --check | --update, in a package folder\n');
  process.exit(2);
}

const packageRoot = process.cwd();
const report = await reportApi({ packageRoot, update: mode === '--update' });
const name = basename(report.file);
for (const problem of report.problems) process.stderr.write(`${problem}\n`);

if (report.state === 'missing') {
  process.stderr.write(`${name} does not exist. Run \`npm run api:update\` and commit it.\n`);
} else if (report.state === 'differs') {
  process.stderr.write(`The public API differs from ${name}. ${UPDATE_HINT}\n`);
  const difference = ['diff', '--no-index', '--', report.file, report.actualFile];
  spawnSync('git', difference, { stdio: ['ignore', 'inherit', 'inherit'] });
} else {
  process.stdout.write(`${name}: ${report.state === 'same' ? 'up to date' : 'written'}\n`);
}

const failed = ['missing', 'differs'].includes(report.state) || report.problems.length > 0;
process.exitCode = failed ? 1 : 0;
