import { createTempDir } from '@coral/testkit';
import { parseArgs } from 'node:util';
import { runScenarios } from './run-scenarios.js';
import { addScores, precision, recall, scoreRun, type Score } from './score.js';
import { makers } from './scenarios.js';
import { hourMs } from './series.js';

/** The command: `nx run benchmarks:bench-insights -- --seeds 101,102`. Prints how right insights are. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '101,102,103,104,105' },
    only: { type: 'string' },
    'past-days': { type: 'string', default: '28' },
    'watched-days': { type: 'string', default: '7' },
    'step-minutes': { type: 'string', default: '30' },
  },
});
const seeds = values.seeds.split(',').map(Number);
const names = values.only?.split(',') ?? Object.keys(makers);
const scores: Score[] = [];
for (const seed of seeds) {
  const startedAt = performance.now();
  await using dir = createTempDir({ prefix: 'coral-insights-' });
  const runs = await runScenarios({
    directory: dir.path,
    seed,
    names,
    pastDays: Number(values['past-days']),
    watchedDays: Number(values['watched-days']),
    stepMs: Number(values['step-minutes']) * 60_000,
    stoppedMs: 2 * hourMs,
  });
  scores.push(...runs.map(scoreRun));
  console.error(`seed ${seed}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  for (const { name, remarks } of runs.map(scoreRun)) {
    for (const remark of remarks) console.error(`  ${name}: ${remark}`);
  }
}
const percent = (value: number | undefined) => (value === undefined ? '' : value.toFixed(2));
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1];
console.log(`seeds ${seeds.join(', ')}\n`);
console.log(
  '| scenario | incidents | told | wrong | precision | recall | root named first | resolved within 2 h | told after, median |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
const byName = names.map((name) => name.replaceAll(' ', '-'));
for (const score of [
  ...byName.map((name) =>
    addScores(
      name,
      scores.filter((one) => one.name === name),
    ),
  ),
  addScores('total', scores),
]) {
  const delay = median(score.delaysMs);
  const cells = [
    score.name,
    score.incidents,
    score.told,
    score.wrong,
    percent(precision(score)),
    percent(recall(score)),
    score.told === 0 ? '' : `${score.rooted} of ${score.told}`,
    score.ended === 0 ? '' : `${score.resolved} of ${score.ended}`,
    delay === undefined ? '' : `${Math.round(delay / 60_000)} min`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
