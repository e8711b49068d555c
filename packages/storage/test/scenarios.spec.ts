import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { runScenarios } from '../scenarios/run-scenarios.js';
import { addScores, precision, recall, scoreRun } from '../scenarios/score.js';

const dir = useTempDir();

describe('scenarios of which it is known what happens', () => {
  // A small part of `nx run benchmarks:bench-insights`: nine days of past, two that are watched.
  it('are told of rightly, most of them', async () => {
    const runs = await runScenarios({
      directory: dir.path,
      seed: 7,
      names: ['steady', 'deploy regression', 'outage', 'flapping'],
      pastDays: 9,
      watchedDays: 2,
      stepMs: 60 * 60_000,
    });
    const total = addScores('total', runs.map(scoreRun));
    expect(total.incidents).toBe(5);
    // With what was missed and what was wrong, so that a failure says it.
    const isRight = (value: number | undefined) => (value ?? 0) >= 0.8;
    expect([isRight(precision(total)), isRight(recall(total)), total.remarks]).toEqual([
      true,
      true,
      total.remarks,
    ]);
  }, 300_000);
});
