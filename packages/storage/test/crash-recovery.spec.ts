import { beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom, useTempDir } from '@coral/testkit';
import { runCycles } from '../torture/run-cycles.js';
import { buildProgram } from './support/build-program.js';

const cycles = 50;

describe(`a writer killed ${cycles} times while every job runs`, () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('busy-writer', 'torture');
  });

  it('loses no acknowledged write, doubles none, and every look-up agrees with a scan', async () => {
    const report = await runCycles({
      directory: dir.path,
      program,
      cycles,
      random: seededRandom(),
    });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ lost: 0, doubled: 0, differingLookUps: 0 });
    expect(report.checks).toBeGreaterThan(cycles / 5);
    expect(report.compactions).toBe(cycles / 5);
    expect(report.upgrades).toBe(cycles / 10);
    expect(report.writesAcknowledged).toBeGreaterThan(cycles);
  }, 600_000);
});
