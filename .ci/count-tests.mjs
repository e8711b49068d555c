import { readFileSync } from 'node:fs';

// Adds up the summaries that Jest printed, one per project, and prints the sum as the last line.
// Fails when there are none, because then nobody knows what ran.

// Nx asks for colours whoever reads them.
const text = readFileSync(0, 'utf8').replace(/\u001b\[[0-9;]*m/g, '');
const sums = { passed: 0, failed: 0, skipped: 0 };
for (const [line] of text.matchAll(/^\s*Tests:\s.*total\s*$/gm)) {
  for (const [, count, what] of line.matchAll(/(\d+) (passed|failed|skipped)/g)) {
    sums[what] += Number(count);
  }
}
if (sums.passed === 0) {
  console.error('No summary of any test run was found.');
  process.exitCode = 1;
} else {
  const skipped = sums.skipped === 0 ? '' : `, ${sums.skipped} skipped`;
  console.log(`${sums.passed} passed, ${sums.failed} failed${skipped}`);
}
