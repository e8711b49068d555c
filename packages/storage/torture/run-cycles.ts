import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cleanEnv, spawnProcess, type SeededRandom } from '@coral/testkit';
import { openDatabase, schemaVersion, type Database } from '../src/index.js';
import { goldenVersions, unpackGolden } from '../test/support/golden.js';
import { differingLookUps } from '../test/support/look-ups.js';
import { missingGoldenRows, readGoldenRows } from './golden-rows.js';
import { Oracle, type Disagreement } from './oracle.js';
import { wasInUse } from './was-in-use.js';

export interface TortureOptions {
  /** Empty; the colony's file is made in it. */
  readonly directory: string;
  /** The writer, as `buildProgram` made it. */
  readonly program: string;
  /** How often the writer is killed. */
  readonly cycles: number;
  readonly random: SeededRandom;
  /** Called after each cycle. */
  readonly onCycle?: (cycle: number, report: TortureReport) => void;
}

/** What came out; all is well when `problems` is empty. */
export interface TortureReport {
  readonly cycles: number;
  /** Openings that looked at every promise. */
  readonly checks: number;
  readonly writesTried: number;
  readonly writesAcknowledged: number;
  /** Acknowledged writes that are not there. */
  readonly lost: number;
  /** Rows that are there twice. */
  readonly doubled: number;
  /** Look-ups through an index that gave other rows than a scan. */
  readonly differingLookUps: number;
  /** Indexes that an opening found wrong and made anew. */
  readonly indexesRepaired: number;
  /** Blocks of metadata that a kill cut off, and that an opening mended. */
  readonly blocksMended: number;
  /** Log that was replayed by the checks. bytes */
  readonly walBytesReplayed: number;
  /** Compactions that were begun. */
  readonly compactions: number;
  /** Upgrades of a file of an older schema that were begun. */
  readonly upgrades: number;
  /** How often each job was running when the kill came; `none` between two. */
  readonly killedDuring: Readonly<Record<string, number>>;
  /** One line each, with the cycle. */
  readonly problems: readonly string[];
}

type Tally = { -readonly [Key in keyof TortureReport]: TortureReport[Key] };

const colonyId = 'torture-dev';
const noon = Date.UTC(2026, 0, 10, 12);
const hourMs = 3_600_000;
/** The clock of each run: it stands, goes on, and is set forward and back over days. */
const clockShiftsMs = [0, 0, hourMs, -hourMs, 25 * hourMs, 80 * hourMs, -26 * hourMs];
/** Newest rows of each table whose look-ups every check compares; the last compares all. */
const lookUpsPerCheck = 200;
/** Every so many cycles the writer compacts the file before it opens it. */
const compactEvery = 5;
/** Every so many cycles a file of an older schema is upgraded, in a folder of its own. */
const upgradeEvery = 10;
/** Every so many checks all keys are looked at, not only those since the last check. */
const wholeCheckEvery = 50;

/**
 * Kills a writer again and again, and looks between whether the file holds what was acknowledged,
 * all of it and none twice, and whether every index finds what a scan finds.
 *
 * Random: when the kill comes, the clock of each run, and whether anybody looks before the next.
 */
export async function runCycles(options: TortureOptions): Promise<TortureReport> {
  const { cycles, random } = options;
  const oracle = new Oracle();
  const tally = emptyTally();
  let checkedRun = 0;
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    tally.cycles = cycle;
    if (cycle % upgradeEvery === 0) {
      await upgradeAndKill(options, tally, cycle);
      options.onCycle?.(cycle, tally);
      continue;
    }
    const isCompacting = cycle % compactEvery === 2;
    if (isCompacting) tally.compactions += 1;
    const output = await runAndKill(options, cycle, isCompacting ? 'compact' : 'open');
    oracle.read(output);
    countJob(tally, output);
    // Now and then the next writer opens the file that the last one left, with nobody between.
    if (cycle === cycles || random.boolean()) {
      const isWhole = cycle === cycles || tally.checks % wholeCheckEvery === wholeCheckEvery - 1;
      const isInUse = wasInUse(options.directory, colonyId, output);
      await check(options, oracle, tally, { sinceRun: isWhole ? 0 : checkedRun, isInUse });
      checkedRun = cycle;
    }
    tally.writesTried = oracle.tried;
    tally.writesAcknowledged = oracle.acknowledged;
    options.onCycle?.(cycle, tally);
  }
  await checkAtTheEnd(options, oracle, tally);
  return tally;
}

function emptyTally(): Tally {
  return {
    cycles: 0,
    checks: 0,
    writesTried: 0,
    writesAcknowledged: 0,
    lost: 0,
    doubled: 0,
    differingLookUps: 0,
    indexesRepaired: 0,
    blocksMended: 0,
    walBytesReplayed: 0,
    compactions: 0,
    upgrades: 0,
    killedDuring: {},
    problems: [],
  };
}

/**
 * Kills a writer on a file of an older schema, most often while it is upgraded, and looks whether the
 * next one finds all that the old file held, and what was acknowledged since.
 */
async function upgradeAndKill(options: TortureOptions, tally: Tally, cycle: number): Promise<void> {
  const { directory, random } = options;
  const version = random.pick((await goldenVersions()).filter((one) => one < schemaVersion));
  const folder = path.join(directory, `upgrade-${cycle}`);
  await mkdir(folder);
  const golden = await readGoldenRows(await unpackGolden(version, folder, colonyId));
  tally.upgrades += 1;
  const output = await runAndKill({ ...options, directory: folder }, cycle, 'migrate');
  const oracle = new Oracle();
  oracle.read(output);
  countJob(tally, output);
  const database = await open(folder);
  try {
    noteAll(tally, await oracle.disagreements(database));
    noteLookUps(tally, await differingLookUps(database, { newest: lookUpsPerCheck }));
  } finally {
    await database.close();
  }
  const missing = await missingGoldenRows(database.path, golden);
  noteAll(
    tally,
    missing.map((text) => ({ what: 'lost', text })),
  );
  await rm(folder, { recursive: true });
}

/** @returns what the writer said */
async function runAndKill(
  { program, directory, random }: TortureOptions,
  cycle: number,
  first: 'compact' | 'migrate' | 'open',
): Promise<string> {
  const clock = noon + random.pick(clockShiftsMs);
  // What comes first is short: it is cut off more often than what follows.
  const afterMs = first === 'open' ? random.integer(30, 400) : random.integer(0, 250);
  const child = await spawnProcess({
    command: process.execPath,
    args: [
      program,
      directory,
      colonyId,
      String(cycle),
      String(clock),
      String(random.integer(0, 1_000_000)),
      first,
    ],
    env: cleanEnv({ home: directory }),
  });
  await child.waitForOutput(first === 'open' ? /^ready /m : /^job /m, { timeoutMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const exit = await child.kill9();
  if (exit.signal === 'SIGKILL' && child.stderr === '') return child.stdout;
  throw new Error(`The writer of cycle ${cycle} ended by itself: ${child.stderr}`);
}

function countJob(tally: Tally, output: string): void {
  if (/^ready .*"tornBlock"/m.test(output)) tally.blocksMended += 1;
  const last = /^(job|end) \{"name":"(\w+)"\}$/.exec(
    output.split('\n').findLast((line) => /^(job|end) .*\}$/.test(line)) ?? '',
  );
  const name = last?.[1] === 'job' ? last[2]! : 'none';
  tally.killedDuring = { ...tally.killedDuring, [name]: (tally.killedDuring[name] ?? 0) + 1 };
}

async function check(
  { directory, random }: TortureOptions,
  oracle: Oracle,
  tally: Tally,
  { sinceRun, isInUse }: { readonly sinceRun: number; readonly isInUse: boolean },
): Promise<void> {
  const database = await open(directory);
  try {
    tally.checks += 1;
    tally.walBytesReplayed += database.recovery.walBytes;
    tally.indexesRepaired += database.recovery.indexesRepaired.length;
    if (database.recovery.tornBlock !== undefined) tally.blocksMended += 1;
    if (isInUse && database.recovery.clean) note(tally, 'the kill was not noticed');
    noteAll(tally, await oracle.disagreements(database, { sinceRun }));
    noteLookUps(tally, await differingLookUps(database, { newest: lookUpsPerCheck }));
  } finally {
    await database.close();
  }
  if (!random.boolean(0.2)) return;
  // A clean close leaves nothing to recover; what it checkpointed must still be right.
  const again = await open(directory);
  try {
    if (!again.recovery.clean) note(tally, 'a clean close was taken for a kill');
    noteAll(tally, await oracle.disagreements(again, { sinceRun }));
    noteLookUps(tally, await differingLookUps(again, { newest: lookUpsPerCheck }));
  } finally {
    await again.close();
  }
}

/** Brings back all that retention took out, and looks at everything. */
async function checkAtTheEnd(
  { directory }: TortureOptions,
  oracle: Oracle,
  tally: Tally,
): Promise<void> {
  const database = await open(directory);
  try {
    for (const run of await database.listTrash()) await database.undoRetention(run.id);
    noteAll(tally, await oracle.disagreements(database, { isTrashEmpty: true }));
    noteLookUps(tally, await differingLookUps(database));
  } finally {
    await database.close();
  }
}

function open(directory: string): Promise<Database> {
  return openDatabase({ storagePath: directory, colonyId, now: () => noon });
}

function noteAll(tally: Tally, disagreements: readonly Disagreement[]): void {
  for (const { what, text } of disagreements) {
    if (what === 'lost') tally.lost += 1;
    if (what === 'doubled') tally.doubled += 1;
    note(tally, text);
  }
}

function noteLookUps(tally: Tally, differences: readonly string[]): void {
  tally.differingLookUps += differences.length;
  for (const difference of differences) note(tally, difference);
}

function note(tally: Tally, problem: string): void {
  tally.problems = [...tally.problems, `cycle ${tally.cycles}: ${problem}`];
}
