import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, seededRandom, spawnProcess, useTempDir } from '@coral/testkit';
import { createHash } from 'node:crypto';
import { cp, readFile, truncate, writeFile } from 'node:fs/promises';
import { isStorageError, openDatabase, type Database } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, rows } from './support/look-ups.js';

const colonyId = 'damage-dev';
/** Places per kind of damage; raise it to look longer. */
const places = Number(process.env['CORAL_DAMAGED_PLACES'] ?? 15);
const inFile = 300;
const inLog = 200;

describe(`a colony that was killed, then damaged at ${places} random places`, () => {
  const dir = useTempDir({ per: 'file' });
  const random = seededRandom();
  let whole: string;
  beforeAll(async () => {
    whole = dir.file('whole');
    const database = await openDatabase({ storagePath: whole, colonyId });
    for (let number = 0; number < inFile; number += 1) {
      await database.recordEvent({ serviceId: `s${number % 7}`, eventType: 'in-file' });
    }
    await database.close();
    const child = await spawnProcess({
      command: process.execPath,
      args: [await buildProgram('event-writer'), whole, colonyId, String(inLog)],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/written/, { timeoutMs: 60_000 });
    await child.kill9();
  }, 120_000);

  /** A damaged copy. */
  class Copy {
    readonly file: string;
    readonly log: string;

    constructor(readonly storagePath: string) {
      this.file = `${storagePath}/${colonyId}.duckdb`;
      this.log = `${this.file}.wal`;
    }

    open(): Promise<Database> {
      return openDatabase({ storagePath: this.storagePath, colonyId });
    }

    async hash(): Promise<string> {
      const hash = createHash('sha256');
      for (const file of [this.file, this.log]) hash.update(await readFile(file));
      return hash.digest('hex');
    }
  }

  let copies = 0;
  async function copy(): Promise<Copy> {
    copies += 1;
    const target = dir.file(`copy-${copies}`);
    await cp(whole, target, { recursive: true });
    return new Copy(target);
  }

  async function flipBit(file: string): Promise<number> {
    const bytes = await readFile(file);
    const place = random.integer(0, bytes.length - 1);
    bytes[place]! ^= 1 << random.integer(0, 7);
    await writeFile(file, bytes);
    return place;
  }

  async function cut(file: string): Promise<number> {
    const place = random.integer(0, (await readFile(file)).length - 1);
    await truncate(file, place);
    return place;
  }

  /** Everything from the file, and of the log the writes up to one of them, in order. */
  async function expectPrefix(database: Database): Promise<number> {
    const kept = (await rows(
      database,
      `SELECT id FROM events WHERE event_type = 'deploy' ORDER BY id`,
    )) as [number][];
    const first = kept[0]?.[0] ?? 0;
    expect(kept.map(([id]) => id - first)).toEqual(kept.map((_, index) => index));
    expect(
      await rows(database, `SELECT count(*) FROM events WHERE event_type = 'in-file'`),
    ).toEqual([[inFile]]);
    expect(await differingLookUps(database)).toEqual([]);
    return kept.length;
  }

  it('opens with all of it when nothing is damaged', async () => {
    const database = await (await copy()).open();
    expect(await expectPrefix(database)).toBe(inLog);
    await database.close();
  });

  it('refuses a log with a flipped bit, leaves all as it was, and names a way that works', async () => {
    for (let place = 0; place < places; place += 1) {
      const damaged = await copy();
      const at = await flipBit(damaged.log);
      const before = await damaged.hash();
      const opened = await damaged.open().catch((reason: unknown) => reason);
      if (!isStorageError(opened)) {
        // A length in the last entry looks like an entry that was cut off: no check can tell.
        expect([at, await expectPrefix(opened as Database)]).toEqual([at, inLog - 1]);
        await (opened as Database).close();
        continue;
      }
      expect([at, opened.code]).toEqual([at, 'STORAGE_CORRUPT']);
      expect(opened.message).toContain('Restore a backup');
      expect([at, await damaged.hash()]).toEqual([at, before]);
      const wayOn = /truncate -s (\d+)/.exec(opened.message);
      if (!wayOn) continue;
      await truncate(damaged.log, Number(wayOn[1]));
      const database = await damaged.open();
      expect([at, await expectPrefix(database)]).not.toEqual([at, inLog]);
      await database.close();
    }
  }, 300_000);

  it('names the entry whose length is wrong, however many it swallows', async () => {
    const { log } = await copy();
    const whole = await readFile(log);
    const starts = [8];
    for (let at = 8; at + 16 < whole.length;) {
      at += 16 + Number(whole.readBigUInt64LE(at));
      starts.push(at);
    }
    const start = starts[Math.floor(starts.length / 2)]!;
    for (let bit = 0; bit < 14; bit += 1) {
      const damaged = await copy();
      const bytes = Buffer.from(whole);
      bytes[start + (bit >> 3)]! ^= 1 << (bit & 7);
      await writeFile(damaged.log, bytes);
      const opened = await damaged.open().catch((reason: unknown) => reason);
      expect([bit, (opened as Error).message]).toEqual([
        bit,
        expect.stringContaining(`truncate -s ${start} `),
      ]);
      await truncate(damaged.log, start);
      const database = await damaged.open();
      expect([bit, await expectPrefix(database)]).not.toEqual([bit, inLog]);
      await database.close();
    }
  }, 300_000);

  it('keeps what a cut log still holds, in order', async () => {
    for (let place = 0; place < places; place += 1) {
      const damaged = await copy();
      const at = await cut(damaged.log);
      const database = await damaged.open();
      expect([at, database.recovery.clean]).toEqual([at, false]);
      expect(await expectPrefix(database)).toBeLessThan(inLog);
      await database.close();
    }
  }, 300_000);

  it.each([
    ['a flipped bit', flipBit],
    ['its end cut off', cut],
  ])(
    'gives right rows or STORAGE_CORRUPT from a file with %s, never others',
    async (_, damage) => {
      for (let place = 0; place < places; place += 1) {
        const damaged = await copy();
        const at = await damage(damaged.file);
        let database: Database | undefined;
        try {
          database = await damaged.open();
          expect([at, await expectPrefix(database)]).toEqual([at, inLog]);
        } catch (reason) {
          if (!isStorageError(reason)) throw reason;
          const said = [reason.code, reason.details['fatal']];
          expect([at, ...said]).toEqual([
            at,
            expect.stringMatching(/^STORAGE_(CORRUPT|NOT_A_DATABASE|FATAL)$/),
            said[1],
          ]);
        }
        await database?.close().catch((reason: unknown) => {
          expect([at, isStorageError(reason)]).toEqual([at, true]);
        });
      }
    },
    300_000,
  );
});
