import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, seededRandom, spawnProcess, useTempDir } from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import type { Write } from './programs/busy-writer.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, rows } from './support/look-ups.js';

const cycles = Number(process.env['CORAL_CRASH_CYCLES'] ?? 50);
const colonyId = 'crash-dev';

describe(`a writer killed ${cycles} times`, () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('busy-writer');
  });

  it('loses no acknowledged write, and every look-up agrees with a scan', async () => {
    const random = seededRandom();
    const oracle = new Oracle();
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      oracle.read(await runAndKill(cycle, random.integer(50, 400)));
      // Now and then the next writer opens the file that the last one left, with nobody between.
      if (cycle !== cycles && random.next() < 0.5) continue;
      const database = await openDatabase({ storagePath: dir.path, colonyId });
      try {
        expect(database.recovery.clean).toBe(false);
        expect(await oracle.disagreements(database)).toEqual([]);
        expect(await differingLookUps(database)).toEqual([]);
      } finally {
        await database.close();
      }
      // A clean close leaves nothing to recover; what it checkpointed must still be right.
      if (random.next() < 0.2) {
        const again = await openDatabase({ storagePath: dir.path, colonyId });
        expect(again.recovery.clean).toBe(true);
        expect(await oracle.disagreements(again)).toEqual([]);
        expect(await differingLookUps(again)).toEqual([]);
        await again.close();
      }
    }
    expect(oracle.acknowledged).toBeGreaterThan(cycles * 5);
  }, 600_000);

  /** @returns what the writer said */
  async function runAndKill(cycle: number, afterMs: number): Promise<string> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, dir.path, colonyId, String(cycle)],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/^ready /m, { timeoutMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    expect(await child.kill9()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(child.stderr).toBe('');
    return child.stdout;
  }
});

/** What must be in the file, and what may be. */
class Oracle {
  acknowledged = 0;
  readonly #tried = new Map<string, Write[]>();
  readonly #acked = new Map<string, Write[]>();

  read(output: string): void {
    for (const line of output.split('\n')) {
      const [what, text] = [line.slice(0, 3), line.slice(4)];
      if (what !== 'try' && what !== 'ack') continue;
      if (!text.endsWith('}')) continue; // Cut by the kill.
      const write = JSON.parse(text) as Write;
      if (what === 'ack') this.acknowledged += 1;
      const writes = what === 'try' ? this.#tried : this.#acked;
      const key = `${write.kind} ${write.key}`;
      writes.set(key, [...(writes.get(key) ?? []), write]);
    }
  }

  async disagreements(database: Database): Promise<string[]> {
    const found = {
      heartbeat: await this.#load(database, 'SELECT id, epoch_ms(last_seen) FROM services'),
      summary: await this.#load(
        database,
        `SELECT service_id, any_value(p50), count(*) FROM metric_summaries WHERE metric_name = 'latency' GROUP BY ALL`,
      ),
      baseline: await this.#load(
        database,
        'SELECT service_id, any_value(mean), count(*) FROM baselines GROUP BY ALL',
      ),
      connection: await this.#load(
        database,
        'SELECT from_service, epoch_ms(last_observed), 1, connection_count FROM service_connections',
      ),
      event: await this.#load(
        database,
        'SELECT correlation_group, 0, count(*) FROM events WHERE correlation_group IS NOT NULL GROUP BY ALL',
      ),
      insight: await this.#load(
        database,
        `SELECT title, 0, count(*), count(*) FILTER (status = 'resolved') FROM insights GROUP BY ALL`,
      ),
      delete: await this.#load(database, `SELECT id, 0, 1 FROM services WHERE id LIKE 'delete-%'`),
      points: await this.#load(
        database,
        'SELECT metric_name, 0, count(*), count(DISTINCT time) FROM points JOIN series USING (series_id) GROUP BY ALL',
      ),
    };
    const problems: string[] = [];
    for (const [key, tries] of this.#tried) {
      const { kind, key: name } = tries[0]!;
      const acks = this.#acked.get(key) ?? [];
      const row = found[kind].get(name);
      const problem = disagreement(kind, tries, acks, row);
      if (problem)
        problems.push(
          `${key}: ${problem} (row ${JSON.stringify(row)}, ${acks.length} of ${tries.length} acknowledged)`,
        );
    }
    return problems;
  }

  async #load(database: Database, sql: string): Promise<Map<string, number[]>> {
    return new Map(
      (await rows(database, sql)).map(([key, ...values]) => [key as string, values as number[]]),
    );
  }
}

/** Why a row cannot be what these writes left; undefined when it can. */
function disagreement(
  kind: Write['kind'],
  tries: readonly Write[],
  acks: readonly Write[],
  row: readonly number[] | undefined,
): string | undefined {
  const version = (write: Write | undefined) => (write && 'version' in write ? write.version : 0);
  if (kind === 'delete') return acks.length > 0 && row ? 'deleted, but there' : undefined;
  if (!row) return acks.length > 0 ? 'lost' : undefined;
  const [value = 0, copies = 1, extra = 0] = row;
  switch (kind) {
    case 'event':
      return copies === 1 ? undefined : 'doubled';
    case 'insight':
      if (copies !== 1) return 'doubled';
      return acks.length > 0 && extra !== 1 ? 'its end was lost' : undefined;
    case 'points':
      return copies === 10 && extra === 10 ? undefined : 'not all of its ten points, or some twice';
    case 'connection':
      if (extra < acks.length) return 'observations lost';
      if (extra > tries.length) return 'observations doubled';
      break;
    default:
      if (copies !== 1) return 'doubled';
  }
  // A heartbeat, a summary, a baseline, and a connection's time each hold the version written last.
  if (value < version(acks.at(-1))) return 'an acknowledged update was lost';
  return tries.some((write) => version(write) === value) ? undefined : 'holds what nobody wrote';
}
