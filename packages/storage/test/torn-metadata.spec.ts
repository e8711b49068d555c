import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { appendFile, cp, open, readFile, writeFile } from 'node:fs/promises';
import { Instance } from '../src/duckdb/instance.js';
import { openDatabase } from '../src/index.js';
import { duckdbChecksum } from '../src/lifecycle/duckdb-checksum.js';
import { readMetadata, type Metadata } from '../src/lifecycle/metadata-blocks.js';
import { rootOfLastCheckpoint } from '../src/lifecycle/write-ahead-log.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, rows } from './support/look-ups.js';

const colonyId = 'torn-dev';
const events = 200;
const blockBytes = 256 * 1024;
/** By DuckDB's estimate more than a quarter of 40 MiB, and not so many that their blocks are written before. */
const largeRows = 120_000;
/** How much of a block was written when the kill came: the kernel copies page by page. bytes */
const cuts = [4096, 40_960, 131_072, blockBytes - 4096];

describe('a process killed while a CHECKPOINT writes a block of metadata in place', () => {
  const dir = useTempDir({ per: 'file' });
  /** A colony that was killed, with all in its log. */
  let killed: string;
  let before: { readonly bytes: Buffer; readonly metadata: Metadata };
  /** Its file after the CHECKPOINT. */
  let after: { readonly bytes: Buffer; readonly metadata: Metadata };
  /** Where the blocks begin that it wrote in place. */
  let inPlace: number[];

  beforeAll(async () => {
    killed = dir.file('killed');
    await (await openDatabase({ storagePath: killed, colonyId })).close();
    const child = await spawnProcess({
      command: process.execPath,
      args: [await buildProgram('event-writer'), killed, colonyId, String(events)],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/written/, { timeoutMs: 60_000 });
    await child.kill9();
    before = await readFileOf(killed);
    const checkpointed = await copy();
    await bareDuckdb(fileOf(checkpointed), 'CHECKPOINT');
    after = await readFileOf(checkpointed);
    inPlace = before.metadata.blocks
      .filter((old) => after.metadata.blocks.some((b) => b.offset === old.offset))
      .map(({ offset }) => offset)
      .filter((offset) => !blockAt(before.bytes, offset).equals(blockAt(after.bytes, offset)));
  }, 120_000);

  let copies = 0;
  async function copy(): Promise<string> {
    copies += 1;
    const target = dir.file(`copy-${copies}`);
    await cp(killed, target, { recursive: true });
    return target;
  }

  /** A copy whose blocks at these places were written up to the cut. */
  async function tear(offsets: readonly number[], cut: number): Promise<string> {
    const folder = await copy();
    const bytes = Buffer.from(before.bytes);
    for (const offset of offsets) after.bytes.copy(bytes, offset, offset, offset + cut);
    await writeFile(fileOf(folder), bytes);
    return folder;
  }

  function openColony(folder: string) {
    return openDatabase({ storagePath: folder, colonyId });
  }

  it('leaves a file that DuckDB refuses, and that opens here with all that was acknowledged', async () => {
    let refused = 0;
    for (const offset of inPlace) {
      for (const cut of cuts) {
        const folder = await tear([offset], cut);
        const isTorn = await isWrongAt(fileOf(folder), offset);
        await noteCheckpoint(folder);
        if (isTorn) {
          const bare = dir.file(`bare-${copies}`);
          await cp(folder, bare, { recursive: true });
          const said = await bareDuckdb(fileOf(bare), 'FROM events').catch(String);
          if (typeof said === 'string') refused += 1;
        }
        const database = await openColony(folder);
        expect(database.recovery.tornBlock).toBe(isTorn ? offset : undefined);
        expect(await database.getRecentEvents('service-3', 1000)).toHaveLength(events / 4);
        expect(await differingLookUps(database)).toEqual([]);
        const [recovery] = await database.getRecentEvents('coral-colony');
        if (isTorn) expect(recovery).toMatchObject({ details: { tornBlock: offset } });
        await database.close();
        const again = await openColony(folder);
        expect(again.recovery).toMatchObject({ clean: true });
        await again.close();
      }
    }
    // The premise: without a file that DuckDB refuses the rest would prove nothing.
    expect(refused).toBeGreaterThan(0);
  }, 300_000);

  it('is not what damage of the disk is taken for: no CHECKPOINT was under way', async () => {
    await expectRefused(await tear(inPlace.slice(0, 1), cuts[1]!));
  });

  it('is not what two wrong blocks are taken for: a kill cuts off one write', async () => {
    const folder = await tear(inPlace.slice(0, 1), cuts[1]!);
    const other = before.metadata.blocks.find(({ offset }) => offset !== inPlace[0])!;
    const bytes = await readFile(fileOf(folder));
    bytes[other.offset + 9_000]! ^= 1;
    await writeFile(fileOf(folder), bytes);
    await noteCheckpoint(folder);
    await expectRefused(folder);
  });

  it('is known by its mark also where one large commit began the CHECKPOINT', async () => {
    const folder = dir.file('large');
    await (await openColony(folder)).close();
    const old = await readFileOf(folder);
    const memoryLimitBytes = 40 * 1024 ** 2;
    const instance = await Instance.open(fileOf(folder), { memoryLimitBytes, threads: 2 });
    const connection = await instance.connect();
    await connection.execute(`SET debug_checkpoint_abort = 'after_free_list_write'`);
    const commit = connection.execute(
      `INSERT INTO metric_history SELECT now() + INTERVAL (i) SECOND, 'service-1', 'latency', '5m',
         i, i, i, i, i, i, NULL, NULL, NULL FROM range(${largeRows}) r(i)`,
    );
    await expect(commit).rejects.toMatchObject({ details: { fatal: true } });
    connection.close();
    instance.close();
    expect(rootOfLastCheckpoint(await readFile(`${fileOf(folder)}.wal`))).toBeDefined();
    const stopped = await readFileOf(folder);
    const [torn] = old.metadata.blocks.filter(
      ({ offset }) => !blockAt(old.bytes, offset).equals(blockAt(stopped.bytes, offset)),
    );
    const { offset } = torn!;
    old.bytes.copy(stopped.bytes, offset + 4096, offset + 4096, offset + blockBytes);
    await writeFile(fileOf(folder), stopped.bytes);
    expect(await isWrongAt(fileOf(folder), offset)).toBe(true);
    const database = await openColony(folder);
    expect(database.recovery.tornBlock).toBe(offset);
    expect(await rows(database, 'SELECT count(*)::INTEGER FROM metric_history')).toEqual([
      [largeRows],
    ]);
    await database.close();
  });

  async function expectRefused(folder: string): Promise<void> {
    const found = await readFile(fileOf(folder));
    const failure = await openColony(folder).then(
      (database) => database.close(),
      (reason: unknown) => reason,
    );
    expect(failure).toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect((await readFile(fileOf(folder))).equals(found)).toBe(true);
  }

  /** What DuckDB adds to the log before it writes any of these blocks. */
  async function noteCheckpoint(folder: string): Promise<void> {
    const { root } = after.metadata;
    const number: number[] = [];
    for (let rest = root; rest > 0n; rest >>= 7n) {
      number.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    }
    const field = root === 0n ? [] : [0x64, 0, ...number];
    const checkpoint = [0x64, 0, 0x63, 0x65, 0, ...field, 0x65, 0, 8, 255, 255, 255, 255];
    for (const entry of [checkpoint, [0x64, 0, 0x64, 255, 255]]) {
      const head = Buffer.alloc(16);
      head.writeBigUInt64LE(BigInt(entry.length));
      head.writeBigUInt64LE(duckdbChecksum(Buffer.from(entry)), 8);
      await appendFile(`${fileOf(folder)}.wal`, Buffer.concat([head, Buffer.from(entry)]));
    }
  }
});

function fileOf(folder: string): string {
  return `${folder}/${colonyId}.duckdb`;
}

function blockAt(bytes: Buffer, offset: number): Buffer {
  return bytes.subarray(offset, offset + blockBytes);
}

async function readFileOf(folder: string) {
  const path = fileOf(folder);
  const file = await open(path, 'r');
  try {
    return { bytes: await readFile(path), metadata: (await readMetadata(file))! };
  } finally {
    await file.close();
  }
}

async function isWrongAt(path: string, offset: number): Promise<boolean> {
  const block = blockAt(await readFile(path), offset);
  return duckdbChecksum(block.subarray(8)) !== block.readBigUInt64LE(0);
}
