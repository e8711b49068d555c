import { parseArgs } from 'node:util';
import { randomInt } from 'node:crypto';
import { createTempDir, seededRandom } from '@coral/testkit';
import { buildProgram } from '../test/support/build-program.js';
import { runCycles, type TortureReport } from './run-cycles.js';

/** The command: `nx run storage:torture -- --cycles 1000 --seed 7`. Exits 1 when a promise broke. */
const { values } = parseArgs({
  options: { cycles: { type: 'string', default: '1000' }, seed: { type: 'string' } },
});
const cycles = Number(values.cycles);
const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
if (!Number.isInteger(cycles) || cycles < 1) throw new RangeError('--cycles is a whole number.');
console.log(`seed ${seed}: repeat with --cycles ${cycles} --seed ${seed}`);

await using dir = createTempDir({ prefix: 'coral-torture-' });
const startedAt = performance.now();
const report = await runCycles({
  directory: dir.path,
  program: await buildProgram('busy-writer', 'torture'),
  cycles,
  random: seededRandom(seed),
  onCycle: (cycle, { writesAcknowledged, problems }) => {
    if (cycle % 50 !== 0 && cycle !== cycles) return;
    console.log(`cycle ${cycle}: ${writesAcknowledged} acknowledged, ${problems.length} problems`);
  },
});
print(report, (performance.now() - startedAt) / 1000);
process.exitCode = report.problems.length === 0 ? 0 : 1;

function print({ problems, killedDuring, ...figures }: TortureReport, seconds: number): void {
  for (const problem of problems) console.log(problem);
  console.log();
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${value}`);
  const jobs = Object.entries(killedDuring).sort(([, a], [, b]) => b - a);
  console.log(`killedDuring         ${jobs.map(([name, times]) => `${name} ${times}`).join(', ')}`);
  console.log(`seconds              ${seconds.toFixed(0)}`);
}
